namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// hvcC, ISO/IEC 14496-15 section 8.3.3.1, written anew: its parameter sets as they are, everything else from what the first sequence
/// parameter set says.
/// </summary>
internal sealed class HevcConfiguration
{
    private const int MostSets = 64;

    private readonly List<byte[]>[] sets = [[], [], []];
    private byte[] profile = [];

    /// <summary>Of the first sequence parameter set.</summary>
    internal HevcPicture Picture { get; private set; }

    /// <summary>Bytes before each NAL unit of the items: 1, 2 or 4.</summary>
    internal int LengthSize { get; private set; }

    /// <param name="data">What the box holds.</param>
    /// <exception cref="PictureRefused">Damaged, without its sets, or of unknown content.</exception>
    internal static HevcConfiguration Read(ReadOnlySpan<byte> data, RemovedList removed)
    {
        var configuration = new HevcConfiguration();
        var fields = new HeicFields(data);
        if (fields.One() != 1) throw PictureRefused.UnsupportedCoding("its decoder settings are of an unknown version");
        fields.Take(20);
        configuration.LengthSize = (fields.One() & 3) + 1;
        if (configuration.LengthSize == 3) throw PictureRefused.Malformed("a number in its index has an impossible size");
        for (var arrays = fields.One(); arrays > 0; arrays--)
        {
            var type = fields.One() & 0x3F;
            for (var units = fields.Two(); units > 0; units--) configuration.Take(type, fields.Take(fields.Two()), removed);
        }
        if (!fields.Rest.IsEmpty) throw PictureRefused.Malformed("there is something behind its decoder settings");
        if (configuration.sets[1].Count == 0 || configuration.sets[2].Count == 0) throw PictureRefused.Truncated("its decoder settings are missing");
        return configuration;
    }

    private void Take(int type, ReadOnlySpan<byte> unit, RemovedList removed)
    {
        if (type is not (HevcSets.Video or HevcSets.Sequence or HevcSets.Picture))
        {
            removed.Add(Removed.PrivateData);
            return;
        }
        if (unit.Length < 4 || HevcUnits.TypeOf(unit) != type || (unit[0] & 0x81) != 0 || unit[1] != 1)
            throw PictureRefused.Malformed("its decoder settings are of another kind than they say");
        if (sets.Sum(some => some.Count) == MostSets) throw PictureRefused.UnsupportedCoding("it has very many decoder settings");
        if (HevcSets.Read(unit) is { } picture && profile.Length == 0) (Picture, profile) = (picture, HevcSets.ProfileOf(unit));
        sets[type - HevcSets.Video].Add(unit.ToArray());
    }

    /// <summary>The box, head included.</summary>
    internal byte[] Write()
    {
        var length = 8 + 23 + sets.Where(some => some.Count > 0).Sum(some => 3 + some.Sum(unit => 2 + unit.Length));
        var box = new byte[length];
        var writer = new ByteWriter(box);
        writer.WriteU32((uint)length);
        writer.WriteU32(HeicType.Configuration);
        writer.Write([1]);
        writer.Write(profile);
        // Reserved bits are ones. How the picture is divided, and frames a second: not said.
        writer.Write([0xF0, 0, 0xFC, (byte)(0xFC | Picture.Chroma), (byte)(0xF8 | Picture.LumaBits - 8), (byte)(0xF8 | Picture.ChromaBits - 8), 0, 0]);
        writer.Write([(byte)(Picture.Layers << 3 | (Picture.Nested ? 4 : 0) | LengthSize - 1), (byte)sets.Count(some => some.Count > 0)]);
        for (var k = 0; k < sets.Length; k++)
        {
            if (sets[k].Count == 0) continue;
            // The first bit says that all sets of this type are here.
            writer.Write([(byte)(0x80 | HevcSets.Video + k)]);
            writer.WriteU16(sets[k].Count);
            foreach (var unit in sets[k])
            {
                writer.WriteU16(unit.Length);
                writer.Write(unit);
            }
        }
        return box;
    }
}
