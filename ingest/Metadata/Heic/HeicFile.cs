namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>The boxes of the file itself: one index of items, and the media data that it points into. ISO/IEC 14496-12 section 4.3.</summary>
internal sealed class HeicFile
{
    private const int MostMediaData = 1_024;

    private readonly List<Range> mediaData = [];

    /// <summary>What the meta box holds.</summary>
    internal Range Index { get; private set; }

    internal RemovedList Removed { get; } = new();

    /// <exception cref="PictureRefused">No index, two of them, a box that does not fit, or a film alone.</exception>
    internal static HeicFile Read(ReadOnlySpan<byte> bytes)
    {
        var file = new HeicFile();
        bool indexed = false, movie = false;
        var boxes = new HeicBoxes(bytes, ..bytes.Length);
        if (!boxes.TryNext(reachesEnd: true)) throw PictureRefused.Truncated("its end is missing");
        // Some cameras put a whole film behind the picture, which begins like a file of its own.
        while (boxes.TryNext(reachesEnd: true) && boxes.Type != HeicType.FileType)
        {
            switch (boxes.Type)
            {
                case HeicType.Meta when indexed: throw PictureRefused.Malformed("it has two indexes");
                case HeicType.Meta:
                    indexed = true;
                    file.Index = boxes.Content;
                    break;
                case HeicType.MediaData:
                    file.mediaData.Add(boxes.Content);
                    if (file.mediaData.Count > MostMediaData) throw PictureRefused.UnsupportedCoding("it has very many parts");
                    break;
                case HeicType.Movie:
                    movie = true;
                    file.Removed.Add(Metadata.Removed.Video);
                    break;
                case HeicType.MotionVideo: file.Removed.Add(Metadata.Removed.Video); break;
                case HeicType.Free or HeicType.Skip when !boxes.Data.ContainsAnyExcept((byte)0): break;
                default: file.Removed.Add(Metadata.Removed.PrivateData); break;
            }
        }
        var rest = boxes.Type == HeicType.FileType ? bytes[boxes.Start..] : bytes[boxes.Rest];
        // Behind the index, what is no box is nothing of the picture; a known box that was cut is.
        if (boxes.Type is HeicType.Meta or HeicType.MediaData || (!rest.IsEmpty && !indexed)) throw PictureRefused.Truncated("its end is missing");
        if (!indexed) throw movie ? PictureRefused.Animated() : PictureRefused.Malformed("it has no index");
        file.Removed.AddTrailing(rest);
        return file;
    }

    /// <summary>Whether these bytes lie in one box of media data.</summary>
    internal bool IsMediaData(long start, long end)
    {
        // The boxes were found in their order.
        int low = 0, high = mediaData.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (start < mediaData[middle].Start.Value) high = middle - 1;
            else if (start >= mediaData[middle].End.Value) low = middle + 1;
            else return end <= mediaData[middle].End.Value;
        }
        return false;
    }
}
