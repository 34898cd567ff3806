namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>The plane of transparency beside lossy pixels, RFC 9649 section 2.7.1.2: a byte of settings, then a plain or a packed plane.</summary>
internal static class WebpAlpha
{
    internal static void Check(ReadOnlySpan<byte> plane, WebpSize size)
    {
        if (plane.Length < 2) throw PictureRefused.Truncated("its transparency is missing");
        int packing = plane[0] & 3, hint = plane[0] >> 4 & 3, reserved = plane[0] >> 6;
        if (packing > 1 || hint > 1 || reserved != 0) throw PictureRefused.Malformed("its transparency does not begin as it should");
        // A plain plane has a byte for each pixel; of a packed one the end can only be told by unpacking.
        var values = plane[1..];
        if (packing == 1) WebpLossless.CheckEnd(values);
        else if (values.Length < size.Width * size.Height) throw PictureRefused.Truncated("a part of its transparency is missing");
        else if (values.Length > size.Width * size.Height) throw PictureRefused.Malformed("there is data behind its transparency");
    }
}
