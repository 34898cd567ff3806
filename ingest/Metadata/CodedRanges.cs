using System.Collections;
using System.Runtime.CompilerServices;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>A few parts of a file, held without an object of their own.</summary>
[CollectionBuilder(typeof(CodedRanges), nameof(Create))]
public readonly struct CodedRanges : IReadOnlyList<Range>
{
    [InlineArray(Most)]
    private struct Room
    {
        private Range first;
    }

    private const int Most = 4;

    private readonly Room room;

    private CodedRanges(ReadOnlySpan<Range> ranges)
    {
        Count = ranges.Length;
        ranges.CopyTo(room);
    }

    /// <exception cref="ArgumentException">More than four.</exception>
    public static CodedRanges Create(ReadOnlySpan<Range> ranges) => new(ranges);

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Range this[int index] => index < Count ? room[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public IEnumerator<Range> GetEnumerator()
    {
        for (var k = 0; k < Count; k++) yield return room[k];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
