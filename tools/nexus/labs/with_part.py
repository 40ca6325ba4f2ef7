"""
``python -m nexus.labs.with_part PACKAGE FOLDER MODULE ARGUMENT…`` runs a module, once it is proven on whose part.

PYTHONPATH says where a part is found first; a setting, a plug-in or a current folder may know better. So the part is
imported, and its file must lie in the folder that was meant.
"""

import runpy
import sys
from importlib import import_module
from pathlib import Path


def main(package: str, folder: str, module: str, *arguments: str) -> None:
    """Prove, then run."""
    loaded = Path(str(import_module(package).__file__)).resolve().parent
    if loaded != Path(folder).resolve():
        sys.exit(
            f"{package} was to come from {folder}, and comes from {loaded}: is PYTHONPATH set elsewhere?"
        )
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
