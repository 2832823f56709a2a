"""The parts of the platform, in the order in which they are made. A new part is a module here and one name in `PARTS`."""

from stack.part import Part
from stack.parts import gitops, monitoring, secrets, shop

PARTS: tuple[Part, ...] = (secrets.PART, monitoring.PART, shop.PART, gitops.PART)
