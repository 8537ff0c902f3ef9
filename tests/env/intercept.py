"""A proxy before a server, that does something at the worst moment."""

import socket
import threading


class Intercept:
    """Forwards one connection after the other to a port. `act` is called once,
    just before the first bytes that hold `word` go to the server."""

    def __init__(self, port, word, act):
        self.target, self.word, self.act = port, word, act
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return  # closed
            far = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, watched in ((near, far, True),
                                          (far, near, False)):
                threading.Thread(target=self.forward, daemon=True,
                                 args=(source, sink, watched)).start()

    def forward(self, source, sink, watched):
        try:
            while data := source.recv(1 << 16):
                if watched and self.word in data and self.act:
                    act, self.act = self.act, None
                    act()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side is gone

    def close(self):
        self.server.close()
