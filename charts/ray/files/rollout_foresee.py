"""Say what a rollout would do, and do nothing."""

from rollout_pods import name_of
from rollout_ray import BUSY
from rollout_workers import state_of


def foresee(head, types, states, policy, keeps_workers, log):
    """Write a line for each pod that is out of date; `states` is None where Ray was not asked, or did not answer."""
    for pod in (pod for worker in head.old for pod in worker):
        log.say(f"head: {name_of(pod)} would be {'deleted' if policy['head'] == 'restart' else 'left to you'}")
    busy = (
        f"would be drained, {policy['drainSeconds']} s long" if policy["workers"] == "rolling" else "would be awaited"
    )
    for kind in types:
        for worker in kind.old:
            names = ", ".join(map(name_of, worker))
            if keeps_workers:
                log.say(f"{kind.name}: {names} would be left: {keeps_workers}")
            elif states is None:
                log.say(f"{kind.name}: {names} would be replaced when the head answers")
            else:
                state = state_of(worker, states)
                log.say(f"{kind.name}: {names} is {state}: {busy if state == BUSY else 'would be deleted'}")
