"""Lives one seed of ticket_lives.py alone, or some in a row: tells where the
dispatcher and the model disagree, else what was reached.

    make tools
    build/venv/bin/python tests/model/ticket_seed.py SEED [COUNT]
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "env"))

import protos  # noqa: E402

protos.generate()

from life_client import Driver  # noqa: E402
from ticket_coverage import Coverage  # noqa: E402
from ticket_lives import Disagreement, Life  # noqa: E402


def main(seed, count=1):
    driver, coverage = Driver(), Coverage()
    for number in range(int(seed), int(seed) + int(count)):
        try:
            Life(driver, number, coverage).run()
        except Disagreement as told:
            sys.exit(str(told))
    driver.close()
    print(coverage.text())


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
