using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Holds;
using PhotoGuard.Workers.Demo;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers.Cli;

/// <summary>Pictures without records: cleaning a folder, making one rendition, burning boxes into one.</summary>
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

    public static Command Unseal()
    {
        var file = new Argument<string>("file") { Description = "A sealed file for the police (.pgseal)." };
        var to = new Option<string>("--to") { Description = "A new folder for what is in it.", Required = true };
        var verb = new Command("unseal", "Opens a sealed file. The passphrase is read from standard input.") { file, to };
        verb.SetAction(async (parsed, cancel) =>
        {
            if (!Console.IsInputRedirected) await Console.Error.WriteAsync("Passphrase: ");
            var passphrase = await Console.In.ReadLineAsync(cancel) ?? "";
            if (SealedFile.Open(await File.ReadAllBytesAsync(parsed.GetValue(file)!, cancel), passphrase) is not { } content)
            {
                await Console.Error.WriteLineAsync("The passphrase is another, or the file was changed.");
                return 1;
            }
            var folder = Directory.CreateDirectory(parsed.GetValue(to)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var archive = new ZipArchive(new MemoryStream(content));
            archive.ExtractToDirectory(folder.FullName);
            foreach (var entry in archive.Entries) Console.WriteLine(Path.Combine(folder.FullName, entry.FullName));
            return 0;
        });
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
            var spec = new RenditionSpec("cli", parsed.GetValue(width), parsed.GetValue(format) == "webp" ? RenditionFormat.Webp : RenditionFormat.Jpeg);
            return await MakeAsync(parsed.GetValue(from)!, parsed.GetValue(to)!,
                async (decoder, clean) => (await decoder.RenderAsync(clean.Bytes, clean.Kind, [spec], cancel))[0], cancel);
        });
        return verb;
    }

    public static Command Redact()
    {
        var from = new Argument<string>("in");
        var to = new Argument<string>("out");
        var box = new Option<string[]>("--box") { Description = "L,T,W,H: parts (0 to 1) of the upright picture's width and height. May be given again.", Required = true };
        var fill = new Option<string>("--fill") { Description = "solid or average.", DefaultValueFactory = _ => "solid" };
        fill.AcceptOnlyFromAmong("solid", "average");
        box.Validators.Add(result =>
        {
            if (result.Tokens.Count > BurnBox.Most || result.Tokens.Any(token => Box(token.Value) is null))
                result.AddError($"A box is four numbers from 0 to 1 within the picture, such as 0.1,0.2,0.3,0.25; at most {BurnBox.Most} of them.");
        });
        var verb = new Command("redact", "Burns boxes into a picture, exactly as the workers do.") { from, to, box, fill };
        verb.SetAction(async (parsed, cancel) =>
        {
            BurnBox[] boxes = [.. parsed.GetValue(box)!.Select(text => Box(text)!.Value)];
            var burned = parsed.GetValue(fill) == "average" ? BurnFill.Average : BurnFill.Solid;
            return await MakeAsync(parsed.GetValue(from)!, parsed.GetValue(to)!,
                (decoder, clean) => decoder.RedactAsync(clean.Bytes, clean.Kind, boxes, burned, cancel), cancel);
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

    /// <returns>The verb's exit code: 2 where the picture was refused.</returns>
    private static async Task<int> MakeAsync(
        string from, string to, Func<Decoder, ScrubbedPicture, Task<Rendition>> make, CancellationToken cancel)
    {
        try
        {
            using var clean = PictureScrubber.Scrub(await File.ReadAllBytesAsync(from, cancel));
            PictureCheck.Verify(clean.Bytes.Span);
            await using var decoder = new Decoder(DecoderSettings.FromEnvironment(), NullLogger<Decoder>.Instance);
            await File.WriteAllBytesAsync(to, (await make(decoder, clean)).Bytes, cancel);
            return 0;
        }
        catch (PictureRefused refused)
        {
            await Console.Error.WriteLineAsync(refused.Sentence);
        }
        catch (Exception error) when (error is PictureUndecodable or DecoderUnavailable or DecoderLost)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }
        return 2;
    }

    /// <summary>Null where it is no box within the picture.</summary>
    private static BurnBox? Box(string text)
    {
        var parts = text.Split(',');
        var numbers = new double[4];
        if (parts.Length != 4) return null;
        for (var nth = 0; nth < 4; nth++)
            if (!double.TryParse(parts[nth], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[nth])) return null;
        var box = new BurnBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        return box.LiesWithin ? box : null;
    }
}
