using System.Buffers.Binary;
using System.Text;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Colour profiles made tag by tag, with words wherever a profile can hold one.</summary>
internal static class TestProfile
{
    internal static byte[] Make(int version, string space, params (string Tag, byte[] Element)[] tags)
    {
        var offset = 132 + 12 * tags.Length;
        using var table = new MemoryStream();
        using var elements = new MemoryStream();
        foreach (var (tag, element) in tags)
        {
            table.Write([.. Encoding.ASCII.GetBytes(tag), .. Four(offset + (int)elements.Length), .. Four(element.Length)]);
            elements.Write(element);
            while (elements.Length % 4 != 0) elements.WriteByte(0);
        }
        var header = new byte[128];
        Put(header, 4, "appl");
        header[8] = (byte)version;
        Put(header, 12, "mntr");
        Put(header, 16, space);
        Put(header, 20, "XYZ ");
        header[25] = 0xCA;
        Put(header, 36, "acsp");
        Put(header, 40, "APPL");
        Put(header, 48, Pictures.Canary);
        Put(header, 80, "appl");
        Put(header, 84, Pictures.Canary);
        Put(header, 100, Pictures.Canary);
        byte[] profile = [.. header, .. Four(tags.Length), .. table.ToArray(), .. elements.ToArray()];
        Four(profile.Length).CopyTo(profile, 0);
        return profile;
    }

    /// <summary>Three primaries, one curve and a white point, with texts around them.</summary>
    internal static byte[] Display(int version) => Make(version, "RGB ", ("desc", Text("desc")), ("cprt", Text("text")), ("dmdd", Text("desc")),
        ("wtpt", Point(0xF351, 0x10000, 0x116CC)), ("rXYZ", Point(0x83DF, 0x3DBF, -0x45)), ("gXYZ", Point(0x4ABF, 0xB137, 0xAB9)), ("bXYZ", Point(0x2838, 0x110B, 0xC8B9)),
        ("rTRC", Curve), ("gTRC", Curve), ("bTRC", Curve), ("chad", [.. "sf32\0\0\0\0"u8, .. new byte[36]]), ("vcgt", Text("vcgt")), ("mmod", Text("mmod")), ("meta", Text("dict")));

    internal static byte[] Curve => [.. "para\0\0\0\0\0\u0003\0\0"u8, .. Four(0x26666), .. Four(0xF2A7), .. Four(0x0D59), .. Four(0x13D0), .. Four(0x0A5B)];

    internal static byte[] Grey => Make(2, "GRAY", ("desc", Text("desc")), ("wtpt", Point(0xF351, 0x10000, 0x116CC)), ("kTRC", [.. "curv\0\0\0\0\0\0\0\u0003\0\0\u0040\0"u8, 0xFF, 0xFF]));

    internal static byte[] Point(params int[] numbers) => [.. "XYZ \0\0\0\0"u8, .. numbers.SelectMany(Four)];

    /// <summary>JPEG segments of at most this many bytes of profile each.</summary>
    internal static byte[] InJpeg(byte[] jpeg, byte[] profile, int each = 65_519)
    {
        var parts = profile.Chunk(each).ToArray();
        return Pictures.Insert(jpeg, 2, parts.SelectMany((part, k) => Pictures.Segment(0xE2, [.. "ICC_PROFILE\0"u8, (byte)(k + 1), (byte)parts.Length, .. part])).ToArray());
    }

    internal static byte[] FromJpeg(byte[] jpeg)
    {
        var profile = new List<byte>();
        for (var at = 2; jpeg[at + 1] != 0xDA; at += 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]))
            if (jpeg[at + 1] == 0xE2) profile.AddRange(jpeg[(at + 18)..(at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]))]);
        return [.. profile];
    }

    /// <summary>Element of a tag; empty where the profile has none.</summary>
    internal static byte[] Element(byte[] profile, string tag)
    {
        for (var t = 0; t < BinaryPrimitives.ReadInt32BigEndian(profile.AsSpan(128)); t++)
        {
            var entry = profile.AsSpan(132 + 12 * t, 12);
            if (Encoding.ASCII.GetString(entry[..4]) == tag)
                return profile.AsSpan(BinaryPrimitives.ReadInt32BigEndian(entry[4..]), BinaryPrimitives.ReadInt32BigEndian(entry[8..])).ToArray();
        }
        return [];
    }

    internal static byte[] Text(string type) => [.. Encoding.ASCII.GetBytes(type), 0, 0, 0, 0, 0, 0, 0, 12, .. Encoding.ASCII.GetBytes(Pictures.Canary), 0, .. new byte[78]];

    internal static byte[] Four(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static void Put(byte[] at, int offset, string text) => Encoding.ASCII.GetBytes(text).CopyTo(at, offset);
}
