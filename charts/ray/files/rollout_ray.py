"""Ray's own view of the workers, through a process of its own.

Run as a script it answers questions, a JSON line each, from the head whose address is its argument: which workers are
idle, and whether one may be taken out of service. A process of its own because Ray's client ends the one it is in when
the head stays away for long, and because most rollouts have nothing to ask.
"""

import json
import os
import select
import subprocess
import sys

from rollout_log import StoppedError

ANSWER = 60.0  # seconds: a busy node takes its time to import Ray
TIMEOUT = 10.0  # seconds, for one call
IDLE, BUSY, DRAINING, GONE = "idle", "busy", "draining", "gone"


class Ray:
    """The questions; None is the answer of a head that gives none."""

    def __init__(self, address, log):
        self._command = [sys.executable, "-u", __file__, address]
        self._log = log
        self._process = None

    def check(self):
        """Stop unless Ray can be imported here, in the head's image."""
        done = subprocess.run([sys.executable, "-c", "import ray"], capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise StoppedError(f"the head's image cannot run Ray: {last}. No pod has been touched; correct the image")

    def workers(self):
        """Return by pod what its worker is: idle, busy, draining or gone."""
        return self._ask({"do": "workers"})

    def retire(self, pod):
        """Take a worker out of service if it is idle at this moment; say whether it was."""
        return self._ask({"do": "retire", "pod": pod})

    def drain(self, pod, deadline):
        """Give a worker no more tasks, whatever it has; Ray is told when it will be deleted, in ms since 1970."""
        return self._ask({"do": "drain", "pod": pod, "deadline": deadline})

    def close(self):
        """End the process; the next question starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ask(self, question):
        try:
            if self._process is None:
                pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
                self._process = subprocess.Popen(  # noqa: S603 (this file)
                    self._command, stdin=pipe, stdout=pipe, stderr=quiet, text=True
                )
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = ""
            if select.select([self._process.stdout], [], [], ANSWER)[0]:
                line = self._process.stdout.readline()
            answer = json.loads(line)
        except (OSError, ValueError) as problem:
            self.close()
            answer = {"error": f"{type(problem).__name__}"}
        if "error" in answer:
            self._log.once("ray", f"the head does not answer, and is asked again ({answer['error']})")
            return None
        return answer["answer"]


class Answers:
    """The answers, from the GCS, Ray's record of the cluster."""

    def __init__(self, address):
        from ray._raylet import GcsClient
        from ray.core.generated import autoscaler_pb2

        self._pb = autoscaler_pb2
        self._gcs = GcsClient(address=address)

    def answer(self, question):
        """Answer one question; Ray may raise anything."""
        found = self._workers()
        if question["do"] == "workers":
            return {pod: state for pod, (state, _) in found.items()}
        if question["do"] == "retire":
            # The raylet refuses this one when it has work, and takes none from the moment it agrees.
            reason, deadline = self._pb.DRAIN_NODE_REASON_IDLE_TERMINATION, 0
        else:
            # Never refused. Ray leaves the deadline to who gave it, and does not count what is lost then as a retry.
            reason, deadline = self._pb.DRAIN_NODE_REASON_PREEMPTION, question["deadline"]
        return self._gcs.drain_node(found[question["pod"]][1], reason, "its pod is out of date", deadline)[0]

    def _workers(self):
        """Return (what it is, node's id) by pod. A container started again is another node: the live one counts."""
        reply = self._pb.GetClusterResourceStateReply()
        reply.ParseFromString(self._gcs.get_cluster_resource_state(timeout_s=TIMEOUT))
        names = {self._pb.IDLE: IDLE, self._pb.DRAINING: DRAINING, self._pb.DEAD: GONE}
        found = {}
        for node in reply.cluster_resource_state.node_states:
            state = names.get(node.status, BUSY)
            if state != GONE or node.instance_id not in found:
                found[node.instance_id] = (state, node.node_id.hex())
        return found


def main(address):
    """Answer, line by line."""
    say = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Ray prints is no answer
    answers = None
    for line in sys.stdin:
        try:
            answers = answers or Answers(address)
            said = {"answer": answers.answer(json.loads(line))}
        except Exception as problem:
            answers = None  # a new head is another cluster
            said = {"error": f"{type(problem).__name__}: {problem}"[:300]}
        say.write(json.dumps(said) + "\n")
        say.flush()


if __name__ == "__main__":
    main(sys.argv[1])
