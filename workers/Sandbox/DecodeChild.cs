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
        var specs = new byte[DecodeFrames.MostSpecs * DecodeFrames.SpecLength];
        var picture = Array.Empty<byte>();
        while (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var request = DecodeFrames.ReadRequest(header);
            input.ReadExactly(specs.AsSpan(0, request.Specs * DecodeFrames.SpecLength));
            if (picture.Length < request.Length)
                picture = GC.AllocateUninitializedArray<byte>(request.Length);
            var bytes = picture.AsSpan(0, request.Length);
            input.ReadExactly(bytes);

            Answer(output, bytes, request, specs);
            // What one photo was is no business of the next one's decoder.
            bytes.Clear();
        }
        return 0;
    }

    private static void Answer(Stream output, ReadOnlySpan<byte> picture, DecodeFrames.Request request, byte[] specs)
    {
        try
        {
            var asked = Enumerable.Range(0, request.Specs)
                .Select(i => DecodeFrames.ReadSpec(specs.AsSpan(i * DecodeFrames.SpecLength, DecodeFrames.SpecLength)))
                .ToArray();
            var made = Renditions.Make(picture, request.Kind, asked);
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
}
