"""Several who do something at the same moment."""

import threading
from collections.abc import Callable


def together(*works: Callable[[], object]) -> list[object]:
    """Let all start at the same moment; what each returned or raised."""
    results: list[object] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[number] = work()
        except Exception as refusal:
            results[number] = refusal

    threads = [
        threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
