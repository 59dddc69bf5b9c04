"""The account of a rollout, one line per decision with its time; and the two ways in which it ends early."""

import time


class StoppedError(Exception):
    """It cannot go on, and another start would find the same; the words say why and what to do."""


class SupersededError(Exception):
    """There is nothing more to do for this Job; the words say why."""


class Log:
    """Standard output; what has not changed is not said again."""

    def __init__(self):
        self._said = {}

    def say(self, text):
        """Write a line."""
        print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), text, flush=True)

    def once(self, about, text):
        """Write a line unless it is what was last said about the same thing."""
        if self._said.get(about) != text:
            self._said[about] = text
            self.say(text)
