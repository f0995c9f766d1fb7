"""Pass LangChain's standard tests of tools, unit and integration."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from app.tools import TaskTools

HERE = Path(__file__).parent / "standard"
UNIT, INTEGRATION = 6, 5
"""How many tests the suites have for each tool, apart from what they skip themselves."""


def test_each_task_tool_passes_the_standard_tests(tmp_path: Path) -> None:
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
    assert done.returncode == 0, done.stdout[-4000:]
    passed: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            passed[case.attrib["classname"].rpartition(".")[2]] += 1
    names = TaskTools.methods
    assert passed == {
        **{f"Test_{name}_ToolsUnitTests": UNIT for name in names},
        **{f"Test_{name}_ToolsIntegrationTests": INTEGRATION for name in names},
    }
