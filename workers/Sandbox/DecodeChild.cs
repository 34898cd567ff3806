using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The child's side, behind the hidden verb <c>decode-child</c>: answers requests until its input ends, which is also how
/// the parent's death ends it. It owns nothing: no settings, no database, no files.
/// </summary>
public static class DecodeChild
{
    /// <summary>Runs on standard input and output.</summary>
    /// <returns>0 at the end of input, 3 where libvips does not start.</returns>
    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        try
        {
            Renditions.Start();
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return 3;
        }
        return Run(input, output);
    }

    /// <summary>Runs on two streams.</summary>
    /// <exception cref="InvalidDataException">A request that is not in the protocol; the child is then of no use.</exception>
    public static int Run(Stream input, Stream output)
    {
        output.Write(DecodeFrames.WriteHello());
        output.Flush();
        var header = new byte[DecodeFrames.RequestHeaderLength];
        var parts = new byte[Math.Max(DecodeFrames.MostSpecs * DecodeFrames.SpecLength, BurnBox.Most * DecodeFrames.BoxLength)];
        var picture = Array.Empty<byte>();
        while (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var request = DecodeFrames.ReadRequest(header);
            input.ReadExactly(parts.AsSpan(0, request.PartsLength));
            if (picture.Length < request.Length)
                picture = GC.AllocateUninitializedArray<byte>(request.Length);
            var bytes = picture.AsSpan(0, request.Length);
            input.ReadExactly(bytes);

            Answer(output, bytes, request, parts);
            // What one photo was is no business of the next one's decoder.
            bytes.Clear();
        }
        return 0;
    }

    private static void Answer(Stream output, ReadOnlySpan<byte> picture, DecodeFrames.Request request, byte[] parts)
    {
        try
        {
            var made = request.Boxes > 0 ? [Redact(picture, request, parts)] : Render(picture, request, parts);
            output.Write(DecodeFrames.WriteMade(made.Count));
            foreach (var rendition in made)
            {
                output.Write(DecodeFrames.WriteRenditionHeader(rendition));
                output.Write(rendition.Bytes.Span);
            }
        }
        catch (PictureUndecodable why)
        {
            output.Write(DecodeFrames.WriteUndecodable(why));
        }
        output.Flush();
    }

    private static IReadOnlyList<Rendition> Render(ReadOnlySpan<byte> picture, DecodeFrames.Request request, byte[] parts) =>
        Renditions.Make(picture, request.Kind, [.. Enumerable.Range(0, request.Specs)
            .Select(i => DecodeFrames.ReadSpec(parts.AsSpan(i * DecodeFrames.SpecLength, DecodeFrames.SpecLength)))]);

    private static Rendition Redact(ReadOnlySpan<byte> picture, DecodeFrames.Request request, byte[] parts) =>
        Redaction.Make(picture, request.Kind, [.. Enumerable.Range(0, request.Boxes)
            .Select(i => DecodeFrames.ReadBox(parts.AsSpan(i * DecodeFrames.BoxLength, DecodeFrames.BoxLength)))], request.Fill);
}
