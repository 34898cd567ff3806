using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Workers.Demo;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers.Cli;

/// <summary>Pictures without records: cleaning a folder, making one rendition.</summary>
internal static class PictureVerbs
{
    public static Command Scrub()
    {
        var from = new Argument<string>("in") { Description = "A picture, or a folder: all files below it." };
        var to = new Argument<string>("out") { Description = "Where the clean ones go, under the same relative names." };
        var report = new Option<string>("--report") { Description = "A file that gets one JSON line for each input." };
        var verb = new Command("scrub", "Takes location and all other metadata out of pictures. Exit 2: some were refused.") { from, to, report };
        verb.SetAction((parsed, cancel) => ScrubRun.RunAsync(parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(report), cancel));
        return verb;
    }

    public static Command Render()
    {
        var from = new Argument<string>("in");
        var to = new Argument<string>("out");
        var width = new Option<int>("--width") { Description = "Longest side, pixels.", DefaultValueFactory = _ => RenditionSpec.Web.LongestSide };
        var format = new Option<string>("--format") { Description = "jpeg or webp.", DefaultValueFactory = _ => "jpeg" };
        var verb = new Command("render", "Makes one rendition, exactly as the workers do.") { from, to, width, format };
        verb.SetAction(async (parsed, cancel) =>
        {
            var made = await RenderAsync(parsed.GetValue(from)!, new RenditionSpec("cli", parsed.GetValue(width),
                parsed.GetValue(format) == "webp" ? RenditionFormat.Webp : RenditionFormat.Jpeg), cancel);
            if (made is null) return 2;
            await File.WriteAllBytesAsync(parsed.GetValue(to)!, made.Bytes, cancel);
            return 0;
        });
        return verb;
    }

    /// <summary>For trying things out (script/walk): not listed in the help.</summary>
    public static Command DemoPicture()
    {
        var to = new Argument<string>("out");
        var seed = new Option<int>("--seed") { Description = "The same number paints the same picture.", DefaultValueFactory = _ => 1 };
        var taken = new Option<DateTimeOffset?>("--taken") { Description = "When it says that it was taken; by default it does not say." };
        var verb = new Command("demo-picture", "Writes a made-up photo with a tablet's metadata and a place.") { to, seed, taken };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancel) =>
        {
            var picture = new DemoPicture { Seed = parsed.GetValue(seed), TakenAt = parsed.GetValue(taken) };
            await File.WriteAllBytesAsync(parsed.GetValue(to)!, DemoPictures.Jpeg(picture), cancel);
            return 0;
        });
        return verb;
    }

    private static async Task<Rendition?> RenderAsync(string path, RenditionSpec spec, CancellationToken cancel)
    {
        try
        {
            using var clean = PictureScrubber.Scrub(await File.ReadAllBytesAsync(path, cancel));
            PictureCheck.Verify(clean.Bytes.Span);
            await using var decoder = new Decoder(DecoderSettings.FromEnvironment(), NullLogger<Decoder>.Instance);
            return (await decoder.RenderAsync(clean.Bytes, clean.Kind, [spec], cancel))[0];
        }
        catch (PictureRefused refused)
        {
            await Console.Error.WriteLineAsync(refused.Sentence);
        }
        catch (Exception error) when (error is PictureUndecodable or DecoderUnavailable or DecoderLost)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }
        return null;
    }
}
