namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// Bytes behind the last coded unit of a picture can only be told by decoding. A text that was put there is caught all the same: a row of
/// printable bytes of at least eight kinds ends honest data only once in many millions (flat areas repeat a pattern of a few bytes).
/// </summary>
internal static class TextAtEnd
{
    private const int FewestKinds = 8;

    /// <param name="coded">One run of coded data.</param>
    /// <param name="length">Bytes that must be printable: 16 end one honest run in some ten million, 20 one in some hundred million.</param>
    internal static bool Has(ReadOnlySpan<byte> coded, int length)
    {
        if (coded.Length < length) return false;
        var tail = coded[^length..];
        if (tail.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;
        UInt128 kinds = 0;
        foreach (var letter in tail) kinds |= UInt128.One << letter;
        return UInt128.PopCount(kinds) >= FewestKinds;
    }
}
