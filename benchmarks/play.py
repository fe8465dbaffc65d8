"""How many frames a second the playground shows, and how many epochs it trains meanwhile.

    python benchmarks/play.py --record

Each training is watched for ten seconds by a page that takes every frame over HTTP, once with one
epoch per frame, and once with as many as there is time for. *Frame* is what it takes to compute
one, and *kilobytes* what is sent of it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import threading
import time
from pathlib import Path

from kerazoo.playground.arithmetic import Layer
from kerazoo.playground.frames import Curve, make_frame
from kerazoo.playground.network import build_network, layers_of
from kerazoo.playground.session import Session
from kerazoo.playground.settings import Settings
from kerazoo.report.table import Table
from kerazoo.web.events import Publisher
from kerazoo.web.playground import make_playground

RESULTS = Path(__file__).parent / "results"
CASES = {
    "circles, 4 + 4 units": Settings(),
    "spirals, 3 layers of 16": Settings(data="spirals", layers=(16, 16, 16)),
    "spirals, 6 layers of 32": Settings(data="spirals", layers=(32,) * 6),
    "boston, 8 + 8": Settings(data="boston", layers=(8, 8)),
    "wine_quality, 16 + 16": Settings(data="wine_quality", layers=(16, 16), batch_size=64),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each is watched")
    options = parser.parse_args()
    found = [measure(name, settings, options.seconds) for name, settings in CASES.items()]
    text = table(found)
    print(text)
    if options.record:
        from train_speed import describe_machine

        content = {"machine": describe_machine(("tensorflow", "keras")), "cases": found}
        (RESULTS / "play.json").write_text(json.dumps(content, indent=1) + "\n")
        (RESULTS / "play.md").write_text(text + "\n")


def measure(name: str, settings: Settings, seconds: float) -> dict[str, object]:
    """Watch a training over HTTP."""
    publisher = Publisher()
    session = Session(publisher.publish, lambda: publisher.listeners > 0, settings=settings)
    server = make_playground(session, publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    session.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
    connection.request("GET", "/events")
    response = connection.getresponse()
    next_frame(response)
    session.ask("play")
    while next_frame(response)["epoch"] < 3:  # which are traced
        pass
    rates = {}
    for pace in (1, 0):
        session.set_pace(pace)
        rates[pace] = watch(response, seconds)
    found = {
        "case": name,
        "frames": round(rates[1][0], 1),
        "epochs": round(rates[0][1]),
        "milliseconds": round(time_of_frame(session), 2),
        "kilobytes": round(rates[1][2] / 1000, 1),
    }
    session.close()
    publisher.close()
    server.shutdown()
    server.server_close()
    return found


def watch(response: http.client.HTTPResponse, seconds: float) -> tuple[float, float, float]:
    """Return frames and epochs a second, and the mean length of a frame."""
    first = next_frame(response)
    began, frames, length = time.perf_counter(), 0, 0
    newest = first
    while time.perf_counter() < began + seconds:
        newest = next_frame(response)
        frames += 1
        length += len(json.dumps(newest))
    took = time.perf_counter() - began
    return frames / took, (newest["epoch"] - first["epoch"]) / took, length / frames


def next_frame(response: http.client.HTTPResponse) -> dict:
    """Return the next frame that is sent."""
    while response.readline() != b"event: frame\n":
        pass
    return json.loads(response.readline().removeprefix(b"data: "))


def time_of_frame(session: Session) -> float:
    """Return the milliseconds that the content of a frame takes, the median of many."""
    run = session._run
    layers: list[Layer] = layers_of(build_network(run.settings, run.data))
    times = []
    for _ in range(50):
        began = time.perf_counter()
        make_frame(layers, run.settings, run.data, run.picture, 0, Curve())
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def table(found: list[dict[str, object]]) -> str:
    """Return what was found as Markdown."""
    header = ("network", "frames / s", "epochs / s, as fast as possible", "frame, ms", "kilobytes")
    names = ("case", "frames", "epochs", "milliseconds", "kilobytes")
    return Table(header, tuple(tuple(str(one[n]) for n in names) for one in found)).markdown()


if __name__ == "__main__":
    main()
