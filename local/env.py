"""`scripts/env`: the exports with which plain pulumi, kubectl, helm and causeway work on this checkout's platform."""

import shlex

from local import pulumi
from local.home import Home

if __name__ == "__main__":
    for name, value in pulumi.environment(Home.load()).items():
        print(f"export {name}={shlex.quote(value)}")
