"""A mail server that behaves as it is told: takes mail, refuses it at any stage, or stands still there."""
import base64
import email
import email.header
import socket
import threading


class Post(threading.Thread):
    """`answers` {stage: line} replaces the answer at "RCPT", "DATA" or "." (the end of the text); None: stands still.
    `at` {stage: function} is called when that stage is reached, before the answer."""

    def __init__(self, port=0):
        super().__init__(daemon=True)
        self.answers, self.at, self.taken, self.seen = {}, {}, [], []
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen()
        self.port = self.socket.getsockname()[1]
        self.released = threading.Event()
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rwb") as wire:
            try:
                self.talk(wire)
            except OSError:
                pass

    def answer(self, wire, stage, line):
        if stage in self.at:
            self.at[stage]()
        line = self.answers.get(stage, line)
        if line is None:
            self.released.wait(60)
            raise OSError("stood still")
        wire.write(line.encode() + b"\r\n")
        wire.flush()
        return line

    def talk(self, wire):
        to = None
        self.answer(wire, "hello", "220 thu.example.vn")
        while line := wire.readline():
            word = (line.split() or [b""])[0].upper().decode()
            if word == "RCPT":
                to = line.decode().split("<")[1].split(">")[0]
                self.answer(wire, "RCPT", "550 khong co nguoi nay" if to.startswith("khong.co") else "250 ok")
            elif word == "DATA":
                if self.answer(wire, "DATA", "354 go on").startswith("354"):
                    self.text(wire, to)
            elif word == "QUIT":
                self.answer(wire, "QUIT", "221 bye")
                return
            else:
                self.answer(wire, word, "250 ok")

    def text(self, wire, to):
        data = b""
        while (part := wire.readline()) != b".\r\n":
            if not part:
                raise OSError("cut off")
            data += part[1:] if part.startswith(b".") else part
        message = email.message_from_bytes(data)
        self.seen.append((to, message))
        if self.answer(wire, ".", "250 2.0.0 da nhan 7K4M").startswith("2"):
            self.taken.append((to, message))

    def stop(self):
        self.released.set()
        if self.socket.fileno() < 0:
            return
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


def subject(message):
    return str(email.header.make_header(email.header.decode_header(message["Subject"])))


def words(message):
    """The text of the message, and {name: bytes} of its files."""
    parts = message.get_payload() if message.is_multipart() else [message]
    text = base64.b64decode(parts[0].get_payload()).decode()
    return text, {part.get_filename(): base64.b64decode(part.get_payload()) for part in parts[1:]}
