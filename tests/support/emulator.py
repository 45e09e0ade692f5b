"""Run the emulator inside a test, over real HTTP on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.emulator.app import create_app
from pipeline.emulator.habits import Habits
from pipeline.emulator.serve import bind, make_server
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World


@contextmanager
def running_emulator(
    world: World, clock: EmulatorClock, habits: Habits | None = None
) -> Iterator[str]:
    """Serve a world in a thread; gives the base address."""
    listener, address = bind(0)
    server = make_server(create_app(world, clock, habits))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
