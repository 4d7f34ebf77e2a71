"""The files of a hồ sơ as delivered, in the one order that everything else follows."""

from repository.packages import DeliveredFile, DeliveredFileUnit


def with_roles(unit: DeliveredFileUnit) -> list[tuple[DeliveredFile, str]]:
    """Every delivered file of a hồ sơ once, documents first: (file, "content", "documentation" or "submission")."""
    content = dict.fromkeys([*(d.file for d in unit.documents if d.file), *unit.other_files])
    others = dict.fromkeys(f for f in (*unit.documentation, *unit.unclaimed) if f not in content)
    return [
        *((f, "content") for f in content),
        *((f, "documentation") for f in others),
        *((f, "submission") for f in unit.submission_files),
    ]


def files_of(unit: DeliveredFileUnit) -> list[DeliveredFile]:
    """Every delivered file of a hồ sơ, each once."""
    return [file for file, _role in with_roles(unit)]
