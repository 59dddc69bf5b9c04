"""Every scenario is rendered to the same bytes by Helm as a library, by Helm 3 and by Helm 4."""

from __future__ import annotations

from pathlib import Path

from raychart import helm, manifests
from raychart.rendering.batches import BatchingEngine
from raychart.rendering.charts import Charts
from raychart.rendering.command import as_text
from raychart.rendering.engine import Request
from raychart.rendering.jobs import job_for
from raychart.rendering.refusals import given_of
from raychart.rendering.run import render_all
from raychart.rendering.sdk_engine import load_engine

CHART = Path(__file__).parents[2] / "charts" / "ray"


def test_all_engines_give_the_bytes_that_helm_prints_sorted(scenario: Path, helm3: str, helm4: str) -> None:
    job = job_for(scenario, chart=CHART)
    printed = helm.render(CHART, [scenario], release="ray", namespace=job.namespace, helm=helm4)
    expected = f"# {scenario} in namespace {job.namespace}\n{manifests.dump(manifests.load(printed))}"
    (by_library,) = render_all([job], engine="sdk", stored=False)
    assert as_text(by_library) == expected
    for program in (helm3, helm4):
        (by_command,) = render_all([job], engine="helm", program=program, stored=False)
        assert as_text(by_command) == expected


def test_namespaces_rendered_together_get_what_each_gets_alone(scenario: Path) -> None:
    """The namespace is put in, where the chart does no more with it than write it down."""
    jobs = [job_for(scenario, chart=CHART, namespace=name) for name in ("team-a", "x", "123", "ray", "a-team", "null")]
    together = render_all(jobs, engine="sdk", stored=False)
    for job, rendered in zip(jobs, together, strict=True):
        (alone,) = render_all([job], engine="sdk", stored=False)
        assert (rendered.manifests, rendered.findings) == (alone.manifests, alone.findings)


def test_many_releases_rendered_at_a_time_get_what_each_gets_alone(scenarios: list[Path]) -> None:
    """All scenarios in one rendering."""
    engine, charts = load_engine(), Charts()
    assert engine is not None
    given = [given_of(job_for(scenario, chart=CHART, namespace="x"))[0] for scenario in scenarios]
    requests = [Request(CHART, values, f"r{number}", f"team-{number}") for number, values in enumerate(given)]
    alone = [engine.render(request) for request in requests]
    batch = BatchingEngine(engine, charts).batch_for(CHART, requests)
    assert batch is not None
    assert batch.render(requests) == alone
