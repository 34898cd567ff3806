namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// A clean picture in a rented buffer; disposing gives the buffer back, after which the bytes cannot be had any more. Copies of this value
/// are the same picture: disposing one disposes all.
/// </summary>
public readonly struct ScrubbedPicture : IDisposable
{
    private readonly BufferLease? lease;
    private readonly long turn;
    private readonly int length;

    internal ScrubbedPicture(byte[] rented, int length)
    {
        lease = BufferLease.Of(rented, out turn);
        this.length = length;
    }

    /// <summary>What the bytes are.</summary>
    public required PictureKind Kind { get; init; }

    /// <summary>The whole clean file.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public Memory<byte> Bytes => (lease?.Buffer(turn) ?? throw new ObjectDisposedException(nameof(ScrubbedPicture))).AsMemory(0, length);

    /// <summary>Pixels, as stored; of a HEIC with a frame (clap), what the frame leaves.</summary>
    public required int Width { get; init; }

    /// <summary>As <see cref="Width"/>.</summary>
    public required int Height { get; init; }

    /// <summary>1 to 8, Exif 2.32 section 4.6.4, tag 0x0112; 1 where the file says nothing. Of a HEIC, what irot and imir come to.</summary>
    public required int Orientation { get; init; }

    /// <summary>Pixels, the right way up.</summary>
    public int ShownWidth => Orientation >= 5 ? Height : Width;

    /// <summary>Pixels, the right way up.</summary>
    public int ShownHeight => Orientation >= 5 ? Width : Height;

    /// <summary>What the file carried besides the picture, each once.</summary>
    public required IReadOnlyList<Removed> Removed { get; init; }

    /// <summary>Stable names of what a person may want to know: <c>colour-profile-dropped</c>, <c>printing-colours</c>, <c>transparency-dropped</c>,
    /// <c>cropped-parts-remain</c>.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>
    /// Parts of <see cref="Bytes"/> that hold the coded picture alone: no orientation, no colour profile. A digest over them is equal
    /// for the same coded picture whatever its metadata was (PNG: however its IDAT was cut).
    /// </summary>
    public required CodedRanges CodedRanges { get; init; }

    /// <summary>Gives the buffer back; safe to call twice.</summary>
    public void Dispose() => lease?.End(turn);
}
