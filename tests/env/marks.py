"""Marks for tests that need the environment in several shapes."""

import pytest
from broker import VERSIONS

# For what must hold on each version of Kafka that we support:
#     @both_kafkas
#     def test_...(topics): ...
both_kafkas = pytest.mark.parametrize(
    "kafka_version", VERSIONS, indirect=True,
    ids=lambda version: f"kafka-{version}")
