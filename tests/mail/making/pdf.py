"""PDF built by hand: every producer's way of writing the same few objects."""

import zlib
from hashlib import md5, sha256

PAGE = [
    "<</Type/Catalog/Pages 2 0 R{catalog}>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>{page}>>",
]


def stream(data: bytes, extra: str = "", packed: bool = True) -> bytes:
    body = zlib.compress(data) if packed else data
    how = "/Filter/FlateDecode" if packed else ""
    return f"<</Length {len(body)}{how}{extra}>>\nstream\n".encode() + body + b"\nendstream"


def pdf(
    catalog: str = "", page: str = "", more: tuple[bytes | str, ...] = (), trailer: str = "", version: str = "1.4"
) -> bytes:
    """Objects 1 to 5 are catalog, pages, page, contents and font; `more` are 6 and on."""
    objects: list[bytes | str] = [p.replace("{catalog}", catalog).replace("{page}", page) for p in PAGE]
    objects += [stream(b"BT /F1 12 Tf 72 700 Td (Honoraires 1 250,00) Tj ET"), "<</Type/Font/Subtype/Type1>>", *more]
    out = f"%PDF-{version}\n%".encode() + b"\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += (
            f"{number} 0 obj\n".encode() + (body.encode("latin-1") if isinstance(body, str) else body) + b"\nendobj\n"
        )
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    tail = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    return out + head + rows + tail


def object_stream(*inside: str, packed: bool = True, extra: str = "") -> bytes:
    """PDF 1.5 §3.4.6: objects 11, 12 … inside a stream."""
    places, at = [], 0
    for number, body in enumerate(inside, 11):
        places.append(f"{number} {at}")
        at += len(body) + 1
    first = " ".join(places) + " "
    data = (first + "\n".join(inside)).encode("latin-1")
    return stream(data, f"/Type/ObjStm/N {len(inside)}/First {len(first)}{extra}", packed)


def newer(*inside: str, catalog: str = "/AcroForm 12 0 R") -> bytes:
    """PDF 1.7: its objects in an object stream, its references in a stream."""
    table = stream(bytes(range(40)), "/Type/XRef/W[1 2 1]/Root 1 0 R/Size 13/DecodeParms<</Columns 4/Predictor 12>>")
    return pdf(catalog, more=(object_stream(*inside), table), version="1.7")


PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def rc4(key: bytes, text: bytes) -> bytes:
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in text:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def locked(
    revision: int, password: bytes = b"", hexadecimal: bool = False, more: tuple[bytes | str, ...] = ()
) -> bytes:
    """A PDF that opens with `password`, as the standard handler makes it (ISO 32000-1 §7.6.3)."""
    owner, identity, padded = bytes(range(40, 72)), bytes(range(16)), (password + PADDING)[:32]
    size = 5 if revision == 2 else 16
    key = md5(padded + owner + (0xFFFFF0C0).to_bytes(4, "little") + identity).digest()[:size]
    if revision == 2:
        user = rc4(key, PADDING)
    elif revision < 5:
        for _ in range(50):
            key = md5(key).digest()[:size]
        user = md5(PADDING + identity).digest()
        for turn in range(20):
            user = rc4(bytes(byte ^ turn for byte in key), user)
        user += bytes(16)
    else:
        user = sha256(password + b"12345678").digest() + b"1234567887654321"
    version = {2: "/V 1", 3: "/V 2/Length 128", 4: "/V 4/CF<</StdCF<</CFM/AESV2/Length 16>>>>/StmF/StdCF"}.get(
        revision, "/V 5"
    )
    said = (
        f"<</Filter/Standard{version}/R {revision}/P -3904/O{string(owner, hexadecimal)}/U{string(user, hexadecimal)}>>"
    )
    name = f"<{identity.hex()}>"
    return pdf(more=(said, *more), trailer=f"/Encrypt 6 0 R/ID[{name}{name}]", version="1.6")


def string(data: bytes, hexadecimal: bool) -> str:
    if hexadecimal:
        return f"<{data.hex()}>"
    return (
        "("
        + "".join(
            {"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r", "\n": "\\012"}.get(c, c) for c in data.decode("latin-1")
        )
        + ")"
    )
