"""Pass LangChain's standard tests of chat models, unit and integration."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).parent / "standard"
UNIT = {"test_serdes"}
"""What the suite itself skips for a model that LangChain can't load from a file by its name."""
OF_A_TEXT_MODEL = {
    *{"test_pdf_inputs", "test_audio_inputs", "test_image_inputs", "test_anthropic_inputs"},
    *{"test_image_tool_message", "test_pdf_tool_message"},
    *{f"test_{way}_with_model_override" for way in ("invoke", "ainvoke", "stream", "astream")},
    "test_stream_time",
}
"""What the suite itself skips: attachments, another model by its name, a recording."""


def test_standard_tests_pass_with_gemini_up_and_with_gemini_down(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", f"--junitxml={report}"],
        cwd=HERE,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    passed: Counter[str] = Counter()
    skipped: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        group = case.attrib["classname"].rpartition(".")[2]
        if case.find("skipped") is None:
            passed[group] += 1
        else:
            skipped.setdefault(group, set()).add(case.attrib["name"])
    assert done.returncode == 0, done.stdout[-4000:]
    assert skipped == {
        "TestUnit": UNIT,
        "TestGeminiUp": OF_A_TEXT_MODEL,
        "TestGeminiDown": OF_A_TEXT_MODEL,
    }
    assert passed == {"TestUnit": 9, "TestGeminiUp": 39, "TestGeminiDown": 39}
