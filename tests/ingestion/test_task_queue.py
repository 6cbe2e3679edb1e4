from __future__ import annotations

from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import BATCH_CHARACTERS, TaskQueue
from tests.support.factories import make_receipt


def make_task(number: int, characters: int) -> Task:
    return Task(receipt=make_receipt(number, body="x" * characters))


def test_a_queue_knows_how_much_it_holds():
    queue = TaskQueue()
    first, second, third = make_task(1, 10), make_task(2, 100), make_task(3, 1_000)
    queue.append(second)
    queue.extend([third])
    queue.put_first([first])
    assert [queue.characters, len(queue), list(queue)] == [1_110, 3, [first, second, third]]
    assert [queue.take(), queue.characters] == [first, 1_100]
    assert [queue.take_all(), queue.characters, len(queue)] == [[second, third], 0, 0]


def test_what_is_taken_together_can_be_written_in_good_time():
    half = BATCH_CHARACTERS // 2
    sizes = [half, half, 1, 3 * BATCH_CHARACTERS, 1, half, 1, 1]
    queue = TaskQueue()
    queue.extend(make_task(number, size) for number, size in enumerate(sizes))
    taken = []
    while queue:
        taken.append([len(task.receipt.body) for task in queue.take_some(3)])
    assert taken == [[half, half], [1], [3 * BATCH_CHARACTERS], [1, half, 1], [1]]
    assert queue.take_some(3) == []
