"""Values that the chart's checks refuse, each with the message: for the checks, and for the lint rules beside them."""

from __future__ import annotations

from typing import Any

Values = dict[str, Any]
WORKER = {"maxWorkers": 2, "cpu": 1, "memory": "1Gi"}
LONG = "a" * 51
SCHEDULE = {"start": "30 6 * * 1-5", "end": "0 10 * * 1-5", "minWorkers": {"cpu": 2}}
OPEN = {"mode": "disabled", "reason": "a test"}


def main(**cluster: Any) -> Values:
    """Return values with one cluster, which has a worker type unless it says otherwise."""
    return {"clusters": {"main": {"workerTypes": {"cpu": WORKER}, **cluster}}}


def worker(**own: Any) -> Values:
    """Return values with one worker type."""
    return main(workerTypes={"cpu": {**WORKER, **own}})


def scheduled(name: str = "mornings", *, cluster: Values | None = None, **own: Any) -> Values:
    """Return values with one worker type and one schedule of it."""
    return main(schedules={name: {**SCHEDULE, **own}}, **(cluster or {}))


BROKEN: dict[str, tuple[Values, str]] = {
    "long name": ({"clusters": {LONG: {}}}, f"clusters.{LONG}: the name has 51 characters, KubeRay has room for 50"),
    "nothing to scale": (main(workerTypes={}), "clusters.main.workerTypes: none given"),
    "types all removed": (main(workerTypes={"cpu": None}), "clusters.main.workerTypes: none given"),
    "minimum over maximum": (
        worker(minWorkers=3),
        "clusters.main.workerTypes.cpu.minWorkers: 3 is more than maxWorkers (2)",
    ),
    "minima over the maximum of all types, counted in pods": (
        main(
            maxWorkers=7,
            workerTypes={"a": {**WORKER, "minWorkers": 1}, "b": {**WORKER, "minWorkers": 1, "numOfHosts": 7}},
        ),
        "clusters.main.maxWorkers: 7 is less than the pods of all worker types' minWorkers together (8)",
    ),
    "replicas over the maximum of all types": (
        main(maxWorkers=1, autoscaling={"enabled": False}, workerTypes={"cpu": {**WORKER, "replicas": 2}}),
        "clusters.main.maxWorkers: 1 is less than the pods of all worker types' replicas together (2)",
    ),
    "a maximum that the second autoscaler does not keep": (
        main(maxWorkers=4, autoscaling={"version": "v2"}),
        "clusters.main.maxWorkers: 4, which autoscaling.version v2 does not keep",
    ),
    "a speed that the second autoscaler does not keep": (
        main(upscalingSpeed=1.5, autoscaling={"version": "v2"}),
        "clusters.main.upscalingSpeed: 1.5, which autoscaling.version v2 does not keep",
    ),
    "the limits as an annotation": (
        main(annotations={"raychart/autoscaling": "{}"}),
        "clusters.main.annotations: raychart/autoscaling is the chart's own",
    ),
    "replicas beside the autoscaler": (
        worker(replicas=1),
        "clusters.main.workerTypes.cpu.replicas: 1 is given, but autoscaling is enabled",
    ),
    "replicas out of range": (
        main(autoscaling={"enabled": False}, workerTypes={"cpu": {**WORKER, "replicas": 3}}),
        "clusters.main.workerTypes.cpu.replicas: 3 is not between minWorkers (0) and maxWorkers (2)",
    ),
    "CPUs unknown": (main(workerTypes={"cpu": {"maxWorkers": 2}}), "clusters.main.workerTypes.cpu: no CPUs given"),
    "resources said twice": (
        worker(rayResources={"CPU": 1}, rayStartParams={"num-cpus": "1"}),
        "clusters.main.workerTypes.cpu.rayStartParams.num-cpus: given beside rayResources",
    ),
    "a schedule over the type's maximum": (
        scheduled(minWorkers={"cpu": 3}),
        "clusters.main.schedules.mornings.minWorkers.cpu: 3 is more than the type's maxWorkers (2)",
    ),
    "a schedule of a type that is not there": (
        scheduled(minWorkers={"gpu": 1}),
        "clusters.main.schedules.mornings.minWorkers.gpu: no such worker type; there are cpu",
    ),
    "a schedule of a type that is removed": (
        scheduled(minWorkers={"gpu": 1}, cluster={"workerTypes": {"cpu": WORKER, "gpu": None}}),
        "clusters.main.schedules.mornings.minWorkers.gpu: no such worker type; there are cpu",
    ),
    "schedules over the cluster's maximum": (
        scheduled(
            cluster={
                "maxWorkers": 4,
                "workerTypes": {"cpu": WORKER, "gpu": {**WORKER, "minWorkers": 3, "maxWorkers": 3}},
            }
        ),
        "clusters.main.schedules: the pods of all worker types' highest numbers add up to 5",
    ),
    "a schedule without an autoscaler": (
        scheduled(cluster={"autoscaling": {"enabled": False}}),
        "clusters.main.schedules: given, but autoscaling is disabled",
    ),
    "a schedule with the second autoscaler": (
        scheduled(cluster={"autoscaling": {"version": "v2"}}),
        "clusters.main.schedules: given, but autoscaling.version is v2 and only v1 follows them",
    ),
    "a CronJob's long name": (
        {"clusters": {"a" * 40: scheduled()["clusters"]["main"]}},
        f"clusters.{'a' * 40}.schedules.mornings: its CronJob {'a' * 40}-mornings-start has a name of 55 characters",
    ),
    "two CronJobs of one name": (
        {"clusters": {"a": scheduled("b-c")["clusters"]["main"], "a-b": scheduled("c")["clusters"]["main"]}},
        "clusters.a-b.schedules.c: its CronJob a-b-c-start would be that of clusters.a.schedules.b-c too",
    ),
    "an account of another cluster": (
        {"clusters": {"main": scheduled()["clusters"]["main"], "main-schedule": main()["clusters"]["main"]}},
        "clusters.main.schedules: their account would be that of the cluster main-schedule too",
    ),
    "another port of the head": (
        main(head={"rayStartParams": {"port": "6380"}}),
        'clusters.main.head.rayStartParams.port: "6380", but services, probes and the autoscaler expect 6379',
    ),
    "Redis's password as an option": (
        main(head={"rayStartParams": {"redis-password": "x"}}),
        "clusters.main.head.rayStartParams.redis-password: KubeRay refuses it as an option",
    ),
    "Redis as a variable": (
        {"podDefaults": {"env": {"RAY_REDIS_ADDRESS": "x:6379"}}, **main()},
        "clusters.main.head.env.RAY_REDIS_ADDRESS: KubeRay refuses it as a variable",
    ),
    "the autoscaler's version as a variable": (
        main(head={"env": {"RAY_enable_autoscaler_v2": "1"}}),
        "clusters.main.head.env.RAY_enable_autoscaler_v2: KubeRay refuses it beside autoscaling.version",
    ),
    "KubeRay's own variable of the autoscaler": (
        main(autoscaling={"env": {"KUBERAY_GEN_AUTOSCALER_START_CMD": "x"}}),
        "clusters.main.autoscaling.env.KUBERAY_GEN_AUTOSCALER_START_CMD: is KubeRay's own",
    ),
    "restart policy with the second autoscaler": (
        main(autoscaling={"version": "v2"}, head={"pod": {"restartPolicy": "Always"}}),
        "clusters.main.head.pod.restartPolicy: Always, which KubeRay refuses with autoscaling.version v2",
    ),
    "unknown placement": (
        worker(placement=["spot"]),
        'clusters.main.workerTypes.cpu.placement: "spot" is not among placements (none)',
    ),
    "unknown placement of the operator": (
        {"operator": {"placement": ["spot"]}, "placements": {"gpu": {}}},
        'operator.placement: "spot" is not among placements (gpu)',
    ),
    "ray start in a setup command": (
        worker(setupCommands=["ray start --head"]),
        'clusters.main.workerTypes.cpu.setupCommands: "ray start --head" calls ray start',
    ),
    "arguments in place of setup commands": (
        worker(setupCommands=["true"], container={"args": ["true"]}),
        "clusters.main.workerTypes.cpu.container: command or args beside setupCommands",
    ),
    "a verbatim command that is missing": (
        main(annotations={"ray.io/overwrite-container-cmd": "true"}),
        "clusters.main.head.container.command: none given",
    ),
    "a trial of another version": (
        worker(installRay="2.59.0"),
        "clusters.main.workerTypes.cpu.installRay: 2.59.0, but clusters.main.rayVersion is 2.60.0",
    ),
    "a selector's label": (
        main(head={"labels": {"app.kubernetes.io/created-by": "me"}}),
        "clusters.main.head.labels: app.kubernetes.io/created-by is the chart's own",
    ),
    "a selector's label through Ray's labels": (
        worker(rayLabels={"ray.io/group": "me"}),
        "clusters.main.workerTypes.cpu.rayLabels: ray.io/group is the chart's own",
    ),
    "a label of the release": (
        main(labels={"app.kubernetes.io/instance": "me"}),
        "clusters.main.labels: app.kubernetes.io/instance is the chart's own",
    ),
    "a label of the operator": (
        {"operator": {"labels": {"app.kubernetes.io/name": "me"}}},
        "operator.labels: app.kubernetes.io/name is the chart's own",
    ),
    "a volume's name taken": (
        main(head={"volumes": {"ray-logs": {"mountPath": "/x"}}}),
        "clusters.main.head.volumes.ray-logs: the name is taken",
    ),
    "the Ray container among others": (
        worker(pod={"containers": [{"name": "ray-worker"}]}),
        "clusters.main.workerTypes.cpu.pod.containers: ray-worker is the name of the chart's own container",
    ),
    "another name for the Ray container": (
        worker(container={"name": "x"}),
        "clusters.main.workerTypes.cpu.container.name: the container's name is the chart's",
    ),
    "a sidecar of the autoscaler's name": (
        main(head={"sidecars": {"autoscaler": {"image": "x"}}}),
        "clusters.main.head.sidecars.autoscaler: the name is taken",
    ),
    "no authentication, no reason": (
        main(auth={"mode": "disabled"}),
        "clusters.main.auth.mode: disabled without a reason",
    ),
    "a token that nobody reads": (
        main(auth={**OPEN, "secretName": "mine"}),
        'clusters.main.auth.secretName: "mine" is given, but auth.mode is disabled',
    ),
    "authentication before Ray had it": (
        main(rayVersion="2.51.9"),
        "clusters.main.auth.mode: token needs Ray 2.52.0 or later, rayVersion is 2.51.9",
    ),
    "an open dashboard behind an Ingress": (
        main(auth=OPEN, dashboard={"ingress": {"enabled": True}}),
        "clusters.main.dashboard.ingress.enabled: exposes a cluster without authentication",
    ),
    "an open dashboard behind a Gateway": (
        main(auth=OPEN, dashboard={"httpRoute": {"enabled": True, "parentRefs": [{"name": "x"}]}}),
        "clusters.main.dashboard.httpRoute.enabled: exposes a cluster without authentication",
    ),
    "an open cluster behind a load balancer": (
        main(auth=OPEN, headService={"type": "LoadBalancer"}),
        "clusters.main.headService.type: exposes a cluster without authentication",
    ),
    "a sub-path that nobody cuts off": (
        main(dashboard={"ingress": {"enabled": True, "path": "/ray"}}),
        "clusters.main.dashboard.ingress.controller: none given, and /ray must be cut off",
    ),
    "a route without a gateway": (
        main(dashboard={"httpRoute": {"enabled": True}}),
        "clusters.main.dashboard.httpRoute.parentRefs: none given",
    ),
    "load balancer's settings without one": (
        main(headService={"loadBalancerClass": "x"}),
        "clusters.main.headService.type: ClusterIP, which has no load balancer to set",
    ),
    "a Redis without a password": (
        main(faultTolerance={"enabled": True}),
        "clusters.main.faultTolerance.passwordSecret.name: empty",
    ),
    "fault tolerance as an annotation": (
        main(annotations={"ray.io/ft-enabled": "true"}),
        "clusters.main.annotations: ray.io/ft-enabled is set by the chart",
    ),
    "an Ingress that KubeRay never takes away": (
        main(spec={"enableIngress": True}),
        "clusters.main.spec.enableIngress: KubeRay makes it once and never takes it away",
    ),
    "annotations that nobody reads": (
        main(spec={"headServiceAnnotations": {"a": "b"}}),
        "clusters.main.spec.headServiceAnnotations: the head service is the chart's, and KubeRay never changes one",
    ),
    "an annotation of the chart's": (
        main(annotations={"raychart/rollout": "x"}),
        "clusters.main.annotations: raychart/rollout is set by the chart",
    ),
    "a field without its gate": (
        main(spec={"tlsOptions": {"enabled": True}}),
        "clusters.main.spec.tlsOptions: KubeRay refuses it without its feature gate RayClusterMTLS",
    ),
    "a queue of another scheduler": (
        main(queue={"scheduler": "volcano", "name": "q"}),
        "clusters.main.queue.scheduler: volcano, but the operator works with none",
    ),
    "a queue of no scheduler": (main(queue={"name": "q"}), "clusters.main.queue.scheduler: none given"),
    "a queue without a name": (main(queue={"scheduler": "kueue"}), "clusters.main.queue.name: none given"),
    "a queue setting that is not the scheduler's": (
        main(queue={"scheduler": "kueue", "name": "q", "gang": True}),
        "clusters.main.queue.gang: true is given, and kueue takes only name and priorityClass",
    ),
    "a budget for one operator": (
        {"operator": {"podDisruptionBudget": {"enabled": True}}},
        "operator.podDisruptionBudget.enabled: true with operator.replicas 1",
    ),
}

# Times that a CronJob does not take or that never come, each with what is wrong.
WRONG_TIMES = [
    ("75 6 * * *", '"75" is no minute'),
    ("0 24,25 * * *", '"24" is no hour, "25" is no hour'),
    ("0 6 0 * *", '"0" is no day of month'),
    ("0 6 1-32/2 * *", '"1-32/2" is no day of month'),
    ("0 6 * foo,13 *", '"foo" is no month, "13" is no month'),
    ("0 6 * * 7", '"7" is no day of week'),
    ("0 6 * * FRI-MON", '"FRI-MON" is no day of week'),
    ("*/0 5- 1-2-3 */ ,", '"*/0" is no minute, "5-" is no hour, "1-2-3" is no day of month, "*/" is no month'),
    ("0 0 31 2,APR *", "no month of these has a day 31"),
    ("0 0 30,31 2 *,MON", "no month of these has a day 30"),
]
# Times that Kubernetes takes.
TIMES = [
    "*/15 08,009-10/02 * jan-MAR,Dec ?",
    "5/10 */23 1-31 */1 sun-Sat",
    "0 0 31 2 MON",
    "0 0 29 2 *",
    "0 0 31 4 */2",
]
