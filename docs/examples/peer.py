"""One peer with a key: /usr/bin/python3 docs/examples/peer.py URL LICENSE_KEY IDENTITY_FILE [PEER_ID_TO_CALL]

Registers with a proof of its key (docs/protocol.md, section 8), calls a peer or waits for a call, and exchanges a sealed
signal in each direction (section 9). Needs the packages python3-cryptography and python3-websockets of Debian.
"""
import asyncio, base64, hashlib, json, os, sys, uuid
from urllib.parse import urlsplit

import websockets
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not base64url")
    return data


def lines(*parts):
    return "\n".join(parts).encode()


class PeerKey:
    def __init__(self, private_key):
        self._key = Ed25519PrivateKey.from_private_bytes(decode(private_key))
        self.public_key = encode(self._key.public_key().public_bytes(*RAW))
        self.peer_id = "k-" + self.public_key

    def sign(self, *parts):
        return encode(self._key.sign(lines(*parts)))


def proof(key, url, nonce, register):
    """The `proof` of a register, for the address that was dialed."""
    address = urlsplit(url.lower())
    host = address.netloc.removesuffix(":443" if address.scheme == "wss" else ":80")
    license_key = register["license_key"].upper().translate(str.maketrans("OIL", "011", "- "))
    license_hash = hashlib.sha256(license_key.encode()).hexdigest()
    # The last line is "1" for a register with `transfer: true`.
    signed = (host, nonce, register["device_id"], register["peer_id"], license_hash, "0")
    return {"public_key": key.public_key, "signature": key.sign("white-rabbit.v1.proof", *signed)}


class Seal:
    """The sealed signals of one call. `role` is this side: caller or callee."""

    def __init__(self, key, call_id, caller, callee, role, private_key=None):
        self.key, self.role, self.other = key, role, "callee" if role == "caller" else "caller"
        self.peers = {"caller": caller, "callee": callee}
        self.call = ("white-rabbit.v1.seal", call_id, caller, callee)
        self.private = private_key or X25519PrivateKey.generate()
        self.keys = {role: encode(self.private.public_key().public_bytes(*RAW))}
        self.ciphers, self.counts = {}, {"caller": 0, "callee": 0}

    def first_signal(self):
        own = self.keys[self.role]
        return {"seal": {"key": own, "signature": self.key.sign(*self.call, self.role, own)}}

    def agree(self, signal):
        """Takes the first signal of the other side. Raises an error if its peer did not sign it for this call."""
        theirs = self.keys[self.other] = signal["seal"]["key"]
        signer = Ed25519PublicKey.from_public_bytes(decode(self.peers[self.other][2:]))
        signer.verify(decode(signal["seal"]["signature"]), lines(*self.call, self.other, theirs))
        secret = self.private.exchange(X25519PublicKey.from_public_bytes(decode(theirs)))
        for sender in ("caller", "callee"):
            info = lines(*self.call, self.keys["caller"], self.keys["callee"], sender)
            self.ciphers[sender] = AESGCM(HKDF(hashes.SHA256(), 32, None, info).derive(secret))

    def _nonce(self, sender):
        self.counts[sender] += 1
        return (self.counts[sender] - 1).to_bytes(12, "big")

    def seal(self, signal):
        nonce, text = self._nonce(self.role), json.dumps(signal).encode()
        return {"sealed": encode(self.ciphers[self.role].encrypt(nonce, text, None))}

    def open(self, signal):
        return json.loads(self.ciphers[self.other].decrypt(self._nonce(self.other), decode(signal["sealed"]), None))


def identity(file):
    """The device id and the key of this peer, in the format of the SDK; generated at the first run."""
    if not os.path.exists(file):
        private = encode(os.urandom(32))
        made = {"deviceId": f"device-{uuid.uuid4()}", "peerId": PeerKey(private).peer_id, "privateKey": private}
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            json.dump(made, out)
    with open(file) as kept:
        stored = json.load(kept)
    return stored["deviceId"], PeerKey(stored["privateKey"])


async def run(url, license_key, file, callee=None):
    device_id, key = identity(file)
    offer = ["white-rabbit.v1.proof", "white-rabbit.v1"]
    async with websockets.connect(url, subprotocols=offer, compression=None, max_size=131072) as socket:
        async def send(event, **data):
            await socket.send(json.dumps({"event": event, "ref": event, "data": data}))

        register = {"license_key": license_key, "device_id": device_id, "peer_id": key.peer_id}
        if socket.subprotocol == offer[0]:
            nonce = json.loads(await socket.recv())["data"]["nonce"]
            register["proof"] = proof(key, url, nonce, register)
        await send("register", **register)
        async for text in socket:
            event, data = (json.loads(text).get(name) for name in ("event", "data"))
            if event == "registered":
                print("registered", key.peer_id, flush=True)
                if callee:
                    await send("call", peer_id=callee, call_id=str(uuid.uuid4()))
            elif event == "ring":
                seal = Seal(key, data["call_id"], data["peer_id"], key.peer_id, "callee")
                await send("accept", call_id=data["call_id"])
                await send("signal", call_id=data["call_id"], signal=seal.first_signal())
            elif event == "accept":
                seal = Seal(key, data["call_id"], key.peer_id, callee, "caller")
                await send("signal", call_id=data["call_id"], signal=seal.first_signal())
            elif event == "signal":
                if seal.ciphers:
                    print("opened", json.dumps(seal.open(data["signal"])), flush=True)
                else:
                    seal.agree(data["signal"])
                if seal.counts["callee"]:
                    return await send("hangup", call_id=data["call_id"])
                if seal.role == "caller" or seal.counts["caller"]:
                    # A real client exchanges SDP and ICE in this way, and then talks peer to peer.
                    await send("signal", call_id=data["call_id"], signal=seal.seal({"hello": f"from the {seal.role}"}))
            elif event == "heartbeat" and not data.get("ack"):
                await socket.send('{"event":"heartbeat","data":{"ack":true}}')
            elif event in ("hangup", "error"):
                sys.exit(data["message"] if event == "error" else 0)


if __name__ == "__main__":
    try:
        asyncio.run(run(*sys.argv[1:]))
    except (InvalidSignature, InvalidTag, KeyError, ValueError) as error:
        sys.exit(f"hung up: the signals of this call are not sealed by the other peer ({type(error).__name__})")
