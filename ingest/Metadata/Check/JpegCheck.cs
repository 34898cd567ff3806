using System.Buffers;

namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The exact form of a clean JPEG: SOI, JFIF?, orientation?, profile?, Adobe?, then tables, one frame and scans, EOI, nothing.
/// ITU-T T.81 annex B.
/// </summary>
internal ref struct JpegCheck
{
    private Cursor file;
    private int width, height, channels, restart;
    private bool progressive, framed;

    // Tables read since the last scan, which the next one must use: quantisers in the low four bits, then DC codes, then AC codes.
    private int fresh;
    private Span<byte> channelIds, channelTables;

    internal static void Verify(ReadOnlySpan<byte> clean)
    {
        var check = new JpegCheck { file = new Cursor(clean, "JPEG"), channelIds = new byte[4], channelTables = new byte[4] };
        check.Marks();
        check.Picture();
        check.file.MustEnd();
    }

    private void Marks()
    {
        file.Must([0xFF, 0xD8], "no beginning");
        file.May([0xFF, 0xE0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (file.May([0xFF, 0xE1]))
        {
            file.Must([0, 34, .. "Exif\0\0MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"u8], "Exif with more than an orientation");
            if (file.Byte() is < 2 or > 8) throw file.Fail("illegal orientation");
            file.Must([0, 0, 0, 0, 0, 0], "Exif with more than an orientation");
        }
        if (file.Rest.StartsWith<byte>([0xFF, 0xE2])) Profile();
        if (!file.May([0xFF, 0xEE])) return;
        file.Must([0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0], "unknown Adobe mark");
        if (file.Byte() > 2) throw file.Fail("unknown Adobe mark");
    }

    private void Profile()
    {
        var whole = new ArrayBufferWriter<byte>();
        int part = 0, parts;
        do
        {
            file.Must([0xFF, 0xE2], "profile with a missing part");
            var length = file.Two();
            file.Must("ICC_PROFILE\0"u8, "unknown APP2");
            if (file.Byte() != ++part) throw file.Fail("profile parts out of order");
            parts = file.Byte();
            if (length < 17 || (part < parts && length != 65_535)) throw file.Fail("profile part of odd length");
            whole.Write(file.Take(length - 16));
        }
        while (part < parts);
        if (parts != part) throw file.Fail("profile parts out of order");
        IccCheck.Verify(whole.WrittenSpan);
    }

    private void Picture()
    {
        var scans = 0;
        while (true)
        {
            if (file.Byte() != 0xFF) throw file.Fail("stray byte");
            int marker = file.Byte();
            if (marker == 0xD9) break;
            var segment = new Cursor(file.Take(file.Two() - 2), "JPEG table");
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2: Frame(ref segment, marker == 0xC2); break;
                case 0xC4: Codes(ref segment); break;
                case 0xDA: scans++; Scan(ref segment); break;
                case 0xDB: Quantisers(ref segment); break;
                case 0xDD: restart = segment.Two(); break;
                default: throw file.Fail("unknown segment");
            }
            segment.MustEnd();
        }
        if (scans == 0) throw file.Fail("no scan");
        if (fresh != 0) throw file.Fail("a table that nothing needs");
    }

    private void Frame(ref Cursor segment, bool manyPasses)
    {
        if (framed) throw segment.Fail("two frames");
        framed = true;
        progressive = manyPasses;
        if (segment.Byte() != 8) throw segment.Fail("not 8 bits");
        height = segment.Two();
        width = segment.Two();
        channels = segment.Byte();
        if (height is < 1 or > 16_384 || width is < 1 or > 16_384 || (long)width * height > 64_000_000 || channels is not (1 or 3 or 4))
            throw segment.Fail("illegal size");
        for (var c = 0; c < channels; c++)
        {
            channelIds[c] = segment.Byte();
            var sampling = segment.Byte();
            channelTables[c] = segment.Byte();
            if (sampling >> 4 is < 1 or > 4 || (sampling & 15) is < 1 or > 4 || channelTables[c] > 3) throw segment.Fail("illegal channel");
        }
    }

    private void Quantisers(ref Cursor segment)
    {
        do
        {
            var head = segment.Byte();
            if ((head & 0xEC) != 0) throw segment.Fail("illegal table");
            Fresh(ref segment, head & 3);
            for (var k = 0; k < 64; k++)
                if ((head >= 16 ? segment.Two() : segment.Byte()) == 0) throw segment.Fail("illegal table");
        }
        while (segment.Left > 0);
    }

    private void Codes(ref Cursor segment)
    {
        Span<bool> seen = stackalloc bool[256];
        do
        {
            var head = segment.Byte();
            if ((head & 0xEC) != 0) throw segment.Fail("illegal codes");
            Fresh(ref segment, (head < 16 ? 4 : 8) + (head & 3));
            int symbols = 0, used = 0;
            for (var bits = 1; bits <= 16; bits++)
            {
                var count = segment.Byte();
                symbols += count;
                used += count << (16 - bits);
            }
            if (symbols == 0 || used > 1 << 16) throw segment.Fail("illegal codes");
            seen.Clear();
            for (; symbols > 0; symbols--)
            {
                var symbol = segment.Byte();
                if (seen[symbol] || (head < 16 ? symbol > 11 : symbol % 16 > 10)) throw segment.Fail("illegal codes");
                seen[symbol] = true;
            }
        }
        while (segment.Left > 0);
    }

    private void Fresh(ref Cursor segment, int table)
    {
        if ((fresh >> table & 1) != 0) throw segment.Fail("a table that nothing needs");
        fresh |= 1 << table;
    }

    private void Scan(ref Cursor segment)
    {
        if (!framed) throw segment.Fail("scan before its frame");
        int parts = segment.Byte(), used = 0;
        if (parts < 1 || parts > channels) throw segment.Fail("illegal scan");
        for (var p = 0; p < parts; p++)
        {
            var channel = channelIds[..channels].IndexOf(segment.Byte());
            var codes = segment.Byte();
            if (channel < 0 || (codes & 0xCC) != 0) throw segment.Fail("illegal scan");
            used |= 1 << channelTables[channel] | 0x10 << (codes >> 4) | 0x100 << (codes & 3);
        }
        int first = segment.Byte(), last = segment.Byte(), steps = segment.Byte();
        if (progressive ? first > last || last > 63 || steps >> 4 > 14 || (steps & 15) > 13 : first != 0 || last != 63 || steps != 0)
            throw segment.Fail("illegal scan");
        if (progressive && first > 0) used &= ~0x0F0;
        if (progressive && first == 0) used &= steps >= 16 ? 0 : ~0xF00;
        if ((fresh & ~used) != 0) throw segment.Fail("a table that nothing needs");
        fresh = 0;
        Coded();
    }

    /// <summary>Entropy-coded data: after each 0xFF a stuffed 0, or restart marks counting up, until the next segment.</summary>
    private void Coded()
    {
        var next = 0;
        while (true)
        {
            var stop = file.Rest.IndexOf((byte)0xFF);
            if (stop < 0 || stop + 1 >= file.Left) throw file.Fail("no end");
            var code = file.Rest[stop + 1];
            if (code == 0) file.Take(stop + 2);
            else if (code is >= 0xD0 and <= 0xD7)
            {
                if (restart == 0 || code != 0xD0 + next) throw file.Fail("restart marks out of order");
                next = (next + 1) % 8;
                file.Take(stop + 2);
            }
            else
            {
                file.Take(stop);
                return;
            }
        }
    }
}
