"""All export files of the world, by agency and in the order an agency would publish them."""

from __future__ import annotations

from demo.synthetic import borough as b
from demo.synthetic.table import ExportFile
from demo.synthetic.world import World
from demo.synthetic.writers import contacts, health, police, safeguarding, social_care, voluntary
from demo.synthetic.writers.returns import returns

WRITERS = {
    b.POLICE: police.exports,
    b.SOCIAL_CARE: social_care.exports,
    b.HEALTH: health.exports,
    b.SCHOOLS: contacts.schools,
    b.YOUTH_JUSTICE: contacts.youth_justice,
    b.VOLUNTARY: voluntary.exports,
    b.HOUSING: contacts.housing,
    b.SAFEGUARDING: safeguarding.exports,
}


def all_exports(world: World) -> list[ExportFile]:
    """Every file, dirt and all; the submission returns of an agency come last. Written for who plays the part here."""
    files: list[ExportFile] = []
    for part, writer in WRITERS.items():
        own = writer(world)
        last = max(file.order for file in own)
        own.append(returns(world, part, own, last + 1))
        for file in own:
            file.agency = world.borough.place.agencies[part]
        files += own
    return files
