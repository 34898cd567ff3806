namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>A picture put together from tiles, ISO/IEC 23008-12 section 6.6.2.3.2.</summary>
internal readonly record struct HeicGrid(int Rows, int Columns, int Width, int Height)
{
    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    internal const int Length = 8;

    internal const int MostLength = 12;

    internal static HeicGrid Read(ReadOnlySpan<byte> data)
    {
        var fields = new HeicFields(data);
        if (fields.One() != 0) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        var wide = (fields.One() & 1) != 0;
        int rows = fields.One() + 1, columns = fields.One() + 1;
        long width = fields.TwoOr(wide), height = fields.TwoOr(wide);
        if (!fields.Rest.IsEmpty) throw PictureRefused.Malformed("there is something behind a part of its index");
        PictureLimits.Check(width, height);
        return new(rows, columns, (int)width, (int)height);
    }

    /// <summary>Whether tiles of this size fill the picture, and none of them lies outside of it, where nobody would see it.</summary>
    internal bool IsFilledBy(int tileWidth, int tileHeight) =>
        (long)Columns * tileWidth >= Width && (long)(Columns - 1) * tileWidth < Width
        && (long)Rows * tileHeight >= Height && (long)(Rows - 1) * tileHeight < Height;

    internal void Write(ref ByteWriter writer)
    {
        writer.Write([0, 0, (byte)(Rows - 1), (byte)(Columns - 1)]);
        writer.WriteU16(Width);
        writer.WriteU16(Height);
    }
}
