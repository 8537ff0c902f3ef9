"""Python classes of the schemas, by Google's own compiler: the second
implementation beside the dispatcher's protobuf-c."""

import subprocess
import sys

from broker import ROOT

SCHEMAS = ROOT / "schemas"
GENERATED = ROOT / "build/gen-py"


def generate():
    """Compiles every schema into build/gen-py, if one is newer."""
    sources = sorted(SCHEMAS.rglob("*.proto"))
    stamp = GENERATED / "complete"
    newest = max(source.stat().st_mtime for source in sources)
    if stamp.exists() and stamp.stat().st_mtime > newest:
        return
    GENERATED.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", f"-I{SCHEMAS}",
         f"--python_out={GENERATED}", *map(str, sources)], check=True)
    stamp.touch()


def load():
    """The module with the classes of dispatch/v1/dispatch.proto."""
    if str(GENERATED) not in sys.path:
        sys.path.insert(0, str(GENERATED))
    from dispatch.v1 import dispatch_pb2
    return dispatch_pb2
