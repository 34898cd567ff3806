using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>Items that hold metadata: read before scrubbing, and told of when they are dropped. Nothing here decides what stays.</summary>
internal static class HeicCarriers
{
    // The few values that are read stand at the beginning.
    private const int MostExif = 1024 * 1024;

    /// <summary>
    /// The Exif block that describes the primary picture, or else the first, put together from its pieces, and whether any item names a place.
    /// </summary>
    /// <exception cref="PictureRefused">The index cannot be followed.</exception>
    internal static Carriers Read(ReadOnlySpan<byte> file)
    {
        var removed = new RemovedList();
        var index = HeicIndex.Read(file, HeicFile.Read(file).Index, removed);
        var metadata = new HeicMetadata(file.Length);
        var describing = index.References.Where(reference => reference.Type == HeicType.Describes && reference.To.Contains(index.PrimaryId))
            .Select(reference => reference.From).ToHashSet();
        byte[]? first = null, own = null;
        foreach (var item in index.Items)
        {
            if (item.Type == HeicType.Exif)
            {
                var tiff = HeicMetadata.TiffOf(metadata.DataOf(file, index, item));
                removed.AddExif(tiff);
                tiff = tiff[..Math.Min(tiff.Length, MostExif)];
                if (describing.Contains(item.Id)) own ??= tiff.ToArray();
                else first ??= tiff.ToArray();
            }
            else if (item.Xmp) removed.AddXmp(metadata.DataOf(file, index, item));
            else if (item.Type == HeicType.Iptc) removed.AddPhotoshop(metadata.DataOf(file, index, item));
        }
        return new(null, removed.Items.Contains(Removed.Location), own ?? first);
    }

    /// <param name="file">The whole file.</param>
    /// <param name="index">Its items.</param>
    /// <param name="kept">Ids of those that stay.</param>
    /// <param name="removed">Gathers what goes.</param>
    internal static void Tell(ReadOnlySpan<byte> file, HeicIndex index, IReadOnlySet<uint> kept, RemovedList removed)
    {
        var thumbnails = Sources(index, HeicType.ThumbnailOf);
        // Tiles are told of with the picture that they are of.
        var parts = index.References.Where(reference => reference.Type == HeicType.DerivedFrom).SelectMany(reference => reference.To).ToHashSet();
        var metadata = new HeicMetadata(file.Length);
        foreach (var item in index.Items)
        {
            if (kept.Contains(item.Id)) continue;
            switch (item.Type)
            {
                case HeicType.Exif: removed.AddExif(HeicMetadata.TiffOf(metadata.DataOf(file, index, item))); break;
                case HeicType.Mime when item.Xmp: removed.AddXmp(metadata.DataOf(file, index, item)); break;
                case HeicType.Iptc: removed.AddPhotoshop(metadata.DataOf(file, index, item)); break;
                case HeicType.Mime or 0: removed.Add(Removed.PrivateData); break;
                default:
                    if (thumbnails.Contains(item.Id)) removed.Add(Removed.Thumbnail);
                    else if (item.Associated && !parts.Contains(item.Id)) removed.Add(Removed.SecondPicture);
                    else if (!parts.Contains(item.Id)) removed.Add(Removed.PrivateData);
                    break;
            }
        }
    }

    /// <summary>Whether the picture has a plane of transparency, ISO/IEC 23008-12 section 6.9.3 and ITU-T H.265 section F.14.2.9.</summary>
    internal static bool IsTransparent(ReadOnlySpan<byte> file, HeicIndex index, HeicProperties properties, uint picture)
    {
        foreach (var reference in index.References)
        {
            if (reference.Type != HeicType.AuxiliaryOf || !reference.To.Contains(picture) || index.Find(reference.From) is not { } item) continue;
            foreach (var property in properties.Of(item))
            {
                if (property.Type != HeicType.Auxiliary || file[property.Content] is not { Length: > 4 } data) continue;
                var fields = new HeicFields(data[4..]);
                var kind = fields.Text();
                if (kind.SequenceEqual("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"u8) || kind.SequenceEqual("urn:mpeg:hevc:2015:auxid:1"u8)) return true;
            }
        }
        return false;
    }

    private static HashSet<uint> Sources(HeicIndex index, uint type) =>
        index.References.Where(reference => reference.Type == type).Select(reference => reference.From).ToHashSet();
}
