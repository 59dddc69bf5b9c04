"""JSON patches that name worker groups by their places in a list, and reach the groups that were meant."""

import re

GROUP = re.compile(r"/spec/workerGroupSpecs/(\d+)(/.*)")


def guarded(payload, names):
    """Return a patch that fails as a whole if a place it names holds another group than in the list of names."""
    if not isinstance(payload, list):
        return payload
    places = sorted({int(match[1]) for match in map(_place, payload) if match})
    return [
        {"op": "test", "path": f"/spec/workerGroupSpecs/{i}/groupName", "value": names[i]} for i in places
    ] + payload


def moved(payload, before, after):
    """Return a patch with the places of groups brought from one list of names to another; what is gone drops out."""
    operations = []
    for operation in payload:
        match = _place(operation)
        if match is None:
            operations.append(operation)
        elif before[int(match[1])] in after:
            place = after.index(before[int(match[1])])
            operations.append({**operation, "path": f"/spec/workerGroupSpecs/{place}{match[2]}"})
    return operations


def _place(operation):
    return GROUP.fullmatch(operation.get("path", ""))
