"""Runs a user's Pulumi program: what `pulumi-language-python-exec` does beside the official language host.

The language host starts it with the program's own interpreter, so it may import nothing but the SDK. Exit code 32
tells the host that the user has been shown the reason of a failure.
"""

import argparse
import asyncio
import gc
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

SHOWN_TO_USER = 32


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--debug", action="store_true")
    for name in ("project", "stack", "parallel", "dry_run", "pwd", "monitor", "engine", "organization", "root_directory"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("program")
    return parser.parse_args()


def user_trace(program: str, error: BaseException) -> str:
    """The stack trace from the program's own first frame on: ours and the SDK's start are noise to its author."""
    home = os.path.dirname(program) if program.endswith(".py") else program
    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, frame in enumerate(frames) if frame.filename.startswith(home)), 0)
    return "".join(traceback.format_exception(error, limit=first - len(frames)))


def execute(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def run(options: argparse.Namespace) -> int:
    import pulumi
    import pulumi.runtime

    if not options.debug:
        # The SDK sends four debug messages per resource, each a blocking call to an engine that throws them away: a
        # seventh of a large program's time.
        pulumi.log.debug = lambda *_, **__: None
    import language_savings  # type: ignore[import-not-found]  # beside this file; it imports the SDK

    language_savings.apply()
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    parallel = int(options.parallel or 0)
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=options.monitor,
            engine=options.engine,
            project=options.project,
            stack=options.stack,
            parallel=parallel,
            dry_run=options.dry_run == "true",
            organization=options.organization,
            root_directory=options.root_directory,
        )
    )
    if options.pwd:
        os.chdir(options.pwd)
    program = os.path.abspath(options.program)
    sys.argv = [options.program]
    # A failed resource leaves coroutines behind on purpose; asyncio's complaints about them would hide the error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(parallel, 1) * 4)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: execute(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN_TO_USER
    except Exception as error:
        pulumi.log.error("Program failed with an unhandled exception:\n" + user_trace(program, error))
        return SHOWN_TO_USER
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


def leave(number: int, _: object) -> None:
    """Stop without a word: the engine, which stops us, would show the traceback of an interrupt."""
    sys.stdout.flush()
    os._exit(128 + number)


def main() -> int:
    # Collections of reference cycles take a sixth of a large program's time and find next to nothing: a program builds
    # its resources once and ends.
    gc.set_threshold(100_000)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        return run(arguments())
    except ModuleNotFoundError as error:
        if error.name != "pulumi":
            raise
        print(f"{sys.executable} has no Pulumi SDK; run `pulumi install` or pip install -r requirements.txt", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
