"""PDFs that can be read: so many blank pages, and whatever bytes a test wants to be in the file."""


def pdf(pages=1, filler=b""):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>",
               b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"%d 0 R" % (number + 4) for number in range(pages))),
               b"<</Length %d>>stream\n%s\nendstream" % (len(filler), filler),
               *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * pages]
    text, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    text += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(text + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
