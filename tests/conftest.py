"""One run of the tests: its folder under build/, and its end.

This has to stand here, above the folders of tests: the process that controls
pytest-xdist's workers collects no tests and so reads no other conftest.py.
"""

import protos
import shared


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    protos.generate()
    run = shared.open_run()
    config.add_cleanup(lambda: shared.close_run(run))
    if config.option.basetemp is None:
        config.option.basetemp = str(run / "tmp")
