"""Random lives of tickets: the dispatcher's pure core and a reference model in
Python agree on every output, reject code and timer.

SOAK=1 lives twenty times as many. A disagreement names the seed, which
ticket_seed.py lives alone.
"""

import os
import re

import pytest
from life_client import Driver
from ticket_coverage import Coverage
from ticket_lives import Disagreement, Life
from ticket_model import ACTIONS

SOAK = bool(os.environ.get("SOAK"))
SEEDS = 10_000 if SOAK else 500


@pytest.fixture(scope="module")
def driver():
    driver = Driver()
    yield driver
    driver.close()


@pytest.mark.soak
@pytest.mark.timeout(3600 if SOAK else 300)
def test_dispatcher_and_model_agree_and_everything_is_reached(driver):
    coverage = Coverage()
    for seed in range(1, SEEDS + 1):
        Life(driver, seed, coverage).run()
    assert coverage.lives > 8 * SEEDS
    assert not coverage.missing()


def test_the_same_seed_is_the_same_life(driver):
    lives = []
    for _ in range(2):
        lives.append(Life(driver, 7, Coverage()))
        lives[-1].run()
    assert lives[0].history == lives[1].history
    assert lives[0].topic == lives[1].topic


def test_a_disagreement_is_told_with_seed_story_and_both_sides(
        driver, monkeypatch):
    """A model that urges nobody."""
    monkeypatch.setitem(ACTIONS, "urged", (lambda step, event: None,
                                           ("open", "resolved")))
    with pytest.raises(Disagreement) as told:
        for seed in range(1, 40):
            Life(driver, seed, Coverage()).run()
    text = str(told.value)
    assert re.match(r"seed \d+, ticket t\d: ", text)
    assert "'created': {" in text
    assert "'urged': {" in text
    assert "dispatcher: assignments" in text
    assert "ASSIGNMENT_KIND_URGED" in text
