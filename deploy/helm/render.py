"""Renders the chart with Helm's own engine, as shipped and with everything on, into build/helm; for `make lint-deploy`.

It needs the package helm-python-sdk, which carries Helm as a library; the project itself does without.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import helm_python as helm

ROOT = Path(__file__).parents[2]
CHART, OUT = ROOT / "deploy" / "helm" / "padwijzer", ROOT / "build" / "helm"
WARNING = 2
EVERYTHING: dict[str, Any] = {
    "autoscaling": {"enabled": True},
    "serviceMonitor": {"enabled": True},
    "erased": {"claimName": "padwijzer-erased"},
    "backup": {"claimName": "padwijzer-backup"},
    "image": {"pullSecrets": ["registry"]},
    "ingress": {"annotations": {"example.nl/owner": "leerhuis"}},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "podAnnotations": {"example.nl/owner": "leerhuis"},
    "settings": {"PADWIJZER_HOURS": "8-18"},
}
FORMS: dict[str, dict[str, Any]] = {"shipped": {}, "everything": EVERYTHING}
REFUSED: tuple[dict[str, Any], ...] = ({"replicas": 0}, {"host": "https://a"}, {"replica": 2})


def main() -> int:
    found = helm.lint(str(CHART))
    bad = [one for one in found["messages"] if one["severity"] >= WARNING] + found["errors"]
    with helm.Chart.load(str(CHART)) as chart:
        for name, values in FORMS.items():
            chart.validate_schema(values)
            _write(OUT / name, chart.render(values, name="padwijzer", namespace="padwijzer"))
        bad += [values for values in REFUSED if _is_taken(chart, values)]
    print(f"helm {helm.helm_sdk_version()}: {len(FORMS)} forms in {OUT.relative_to(ROOT)}", *bad)
    return len(bad)


def _write(folder: Path, manifests: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for path, text in manifests.items():
        if path.endswith(".yaml") and text.strip():
            (folder / Path(path).name).write_text(text)


def _is_taken(chart: Any, values: dict[str, Any]) -> bool:
    """Whether the schema lets a value through that cannot work."""
    try:
        chart.validate_schema(values)
    except helm.HelmError:
        return False
    return True


sys.exit(main())
