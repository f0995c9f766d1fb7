"""Hold the example rules and dashboard against the metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from app.telemetry import Tokens
from app.telemetry.metrics.prometheus import Prometheus
from tests.conftest import ROOT
from tests.telemetry.entries import entry

OPS = ROOT / "ops"
RULES = yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((OPS / "grafana" / "dashboard.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
OURS = re.compile(r"\b(?:gen_ai_client|app_llm|app_database)_\w+")
LABELS = re.compile(r"(?:by \(([^)]*)\)|\{([^}]*)\})")
promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")


def shown() -> str:
    """Return what /metrics shows after one call of each ending."""
    failed: dict[str, Any] = {"outcome": "failed", "kind": "timeout", "following": "groq"}
    Prometheus()([entry(tokens=Tokens(1, 1), cost=0.1), entry(**failed, exhausted=True)])
    return generate_latest().decode()


def run(*command: str, where: Path) -> str:
    done = subprocess.run(
        command, cwd=where, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in RULES), *QUERIES])
def test_each_metric_and_label_in_rules_and_dashboard_exists(query: str) -> None:
    there = shown()
    for name in OURS.findall(re.sub(r"\{[^}]*\}|by \([^)]*\)", "", query)):
        assert re.search(rf"^{name}[{{ ]", there, re.MULTILINE), name
    for group in LABELS.findall(query):
        for label in re.findall(r"\b(gen_ai_\w+|error_type|from|to|le)\b", "".join(group)):
            assert re.search(rf'\b{label}="', there), label


def test_each_alert_has_its_place_in_the_runbook() -> None:
    runbook = (ROOT / "docs" / "operations.md").read_text()
    for rule in RULES:
        name = rule["alert"]
        assert f"### {name}\n" in runbook
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"


def test_dashboard_panels_have_a_place_and_a_data_source() -> None:
    places = [tuple(panel["gridPos"].values()) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) == len({p["id"] for p in DASHBOARD["panels"]})
    source: dict[str, Any] = {"type": "prometheus", "uid": "${datasource}"}
    assert all(panel["datasource"] == source for panel in DASHBOARD["panels"])


@promtool
def test_promtool_takes_the_rules_and_they_fire_when_they_should() -> None:
    place = OPS / "prometheus"
    assert "SUCCESS: 7 rules found" in run("promtool", "check", "rules", "alerts.yml", where=place)
    assert "SUCCESS" in run("promtool", "check", "config", "prometheus.yml", where=place)
    assert "SUCCESS" in run("promtool", "test", "rules", "alerts_test.yml", where=place)


@promtool
def test_promtool_takes_the_dashboards_queries(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:query{n}", "expr": re.sub(r"\$__\w+", "5m", query)}
        for n, query in enumerate(QUERIES)
    ]
    (tmp_path / "q.yml").write_text(yaml.safe_dump({"groups": [{"name": "q", "rules": rules}]}))
    assert f"{len(rules)} rules found" in run("promtool", "check", "rules", "q.yml", where=tmp_path)
