"""Run the emulator, or any answers at all, inside a test, over real HTTP on loopback."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.emulator.app import create_app
from pipeline.emulator.faults import Faults
from pipeline.emulator.habits import Habits
from pipeline.emulator.serve import bind, make_server
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World


@contextmanager
def running_app(app: Starlette) -> Iterator[str]:
    """Serve an application in a thread; gives the base address."""
    listener, address = bind(0)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def running_emulator(
    world: World,
    clock: EmulatorClock,
    habits: Habits | None = None,
    faults: Faults | None = None,
) -> Iterator[str]:
    """Serve a world; gives the base address."""
    with running_app(create_app(world, clock, habits, faults)) as address:
        yield address


@contextmanager
def running_answers(answer: Callable[[str], Response]) -> Iterator[str]:
    """Serve whatever `answer` makes of the name of an endpoint."""

    async def endpoint(request: Request) -> Response:
        return answer(request.path_params["name"])

    routes = [Route("/getdata/{name}", endpoint, methods=["GET", "POST"])]
    with running_app(Starlette(routes=routes)) as address:
        yield address
