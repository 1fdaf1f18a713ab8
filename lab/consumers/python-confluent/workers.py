"""Who handles a batch: the main thread, or a pool of threads."""

from collections.abc import Iterable
from queue import Queue
from threading import Thread

from confluent_kafka import Message
from pipeline import Handle

Place = tuple[int, int]


class Stopping:
    requested = False


class InTurn:
    def __init__(self, handle: Handle, stopping: Stopping) -> None:
        self._handle = handle
        self._stopping = stopping
        self._left: list[Message] = []

    def work(self, batch: list[Message]) -> None:
        handle, stopping = self._handle, self._stopping
        for number, message in enumerate(batch):
            if stopping.requested:
                self._left = batch[number:]
                break
            handle(message)

    def wait(self) -> None:
        pass

    def unhandled(self) -> Iterable[Place]:
        return map(_place, self._left)


class Pool:
    def __init__(self, handle: Handle, stopping: Stopping, threads: int) -> None:
        self._handle = handle
        self._stopping = stopping
        self._unhandled: set[Place] = set()
        self._error: BaseException | None = None
        self._queue: Queue[Message] = Queue(maxsize=threads)
        for _ in range(threads):
            Thread(target=self._run, daemon=True).start()

    def work(self, batch: list[Message]) -> None:
        self._unhandled.update(map(_place, batch))
        for message in batch:
            if self._stopping.requested:
                break
            self._queue.put(message)
            self._raise_error()

    def wait(self) -> None:
        self._queue.join()
        self._raise_error()

    def unhandled(self) -> Iterable[Place]:
        # A copy, because the threads go on.
        return self._unhandled.copy()

    def _run(self) -> None:
        while True:
            message = self._queue.get()
            try:
                # After an error the rest is only taken from the queue, so that nobody waits for it.
                if not self._error:
                    self._handle(message)
                    self._unhandled.discard(_place(message))
            except BaseException as error:
                self._error = error
            finally:
                self._queue.task_done()

    def _raise_error(self) -> None:
        if self._error:
            raise self._error


def _place(message: Message) -> Place:
    return message.partition(), message.offset()
