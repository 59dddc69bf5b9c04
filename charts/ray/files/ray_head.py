"""Call Ray, as `ray` would, to start a head, with two things changed that keep a lost head's clients waiting.

A Ray that has them no longer is started as it is, and the container's log says so.
"""

import os
import sys
import threading
import traceback

CLIENT_SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client_server.py")
# Behind the GCS, the raylet and the client server where the CPU is short.
NICENESS = 10


class Processes(dict):
    """Ray's record of its processes, for one thread to read while another writes."""

    def items(self):
        """Return what there is at this moment."""
        return list(super().items())


def start_dashboard_beside(node):
    """Start the dashboard, which takes seconds, beside the raylet; Ray would have the raylet wait for it."""
    start = node.Node.start_api_server

    def start_beside(self, **options):
        def run():
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)  # the dashboard inherits it
            try:
                start(self, **options)
            except Exception:
                traceback.print_exc()
                os._exit(1)
            threading.Event().wait()  # the dashboard would end with the thread that started it

        self.all_processes = Processes(self.all_processes)
        threading.Thread(target=run, daemon=True).start()

    node.Node.start_api_server = start_beside


def replace_client_server(services):
    """Start client_server.py in place of the module that it wraps."""
    start = services.start_ray_process
    module = ["-m", "ray.util.client.server"]

    def start_replaced(command, *arguments, **options):
        at = command.index("-m") if "-m" in command else 0
        if command[at : at + 2] == module:
            command = [*command[:at], CLIENT_SERVER, *command[at + 2 :]]
        return start(command, *arguments, **options)

    services.start_ray_process = start_replaced


def main():
    """Change what is to be changed, and be `ray`."""
    try:
        from ray.scripts.scripts import main as ray
    except ImportError:
        os.execvp("ray", ["ray", *sys.argv[1:]])  # noqa: S606, S607 (its Python is another)
    try:
        from ray._private import node, services

        start_dashboard_beside(node)
        replace_client_server(services)
    except (ImportError, AttributeError) as unlike:
        print(f"raychart: WARNING: this Ray is unlike those known, its head starts more slowly ({unlike})", flush=True)
    sys.exit(ray())


if __name__ == "__main__":
    main()
