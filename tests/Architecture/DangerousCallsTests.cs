using System.Text.RegularExpressions;

namespace PhotoGuard.Tests.Architecture;

/// <summary>
/// What opens a house to whoever types the right text is not called at all, or where it is written down (docs/components.md). Found in the
/// source, so that a new call is a decision.
/// </summary>
public sealed class DangerousCallsTests
{
    /// <summary>By what is looked for: why, and in which files it may stand.</summary>
    public static TheoryData<string, string[]> Calls => new()
    {
        // Statements of text: Entity Framework and Npgsql take values as parameters; these are the ways around that.
        { @"(FromSqlRaw|SqlQueryRaw)\(|ExecuteSqlRaw(Async)?\((?!"""""")", [] },
        // A shell, or arguments as one text. Programs are started with a list of arguments; the sandbox's with a constant script that takes such a list.
        { @"UseShellExecute = true|\.Arguments = |Arguments = ""|""/bin/(ba)?sh""", ["workers/Sandbox/Confinement.cs"] },
        // Requests: to the store, to our own API from the command line and the demo. No address that somebody typed is asked for anything.
        { @"new HttpClient\(|IHttpClientFactory|WebRequest", ["records/Blobs/AzureBlobStore.cs", "workers/Cli/PullRun.cs", "workers/Demo/DemoSchool.cs"] },
        { @"new TcpClient|new Socket\(|new UdpClient", ["ingest/Malware/MalwareScan.cs"] },
        // Readers that follow what a text points at, or make objects of whatever it names.
        { @"XmlReader|XDocument\.|XmlDocument|XmlSerializer|BinaryFormatter|TypeNameHandling", [] },
        // Random numbers that can be foretold, and what is no longer safe to encrypt or sign with.
        { @"new Random\(|Random\.Shared", [] },
        { @"CipherMode|Aes\.Create\(|DES\.Create|RC2|(MD5|SHA1)\.(Create|HashData)|RSA\.Create|Pkcs1", [] },
        // Text that is put into a page as it is: the drawing of a QR code of ours.
        { @"Html\.Raw|HtmlString\(", ["api/Pages/QrPicture.cs"] },
        { @"innerHTML|document\.write|\beval\(|new Function\(|localStorage|sessionStorage|indexedDB", [] },
        // Who else may read our answers: nobody is asked.
        { @"AddCors|UseCors|Access-Control-Allow", [] },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Stands_where_it_is_written_down_and_nowhere_else(string call, string[] files)
    {
        var found = Sources().Where(file => Regex.IsMatch(File.ReadAllText(file), call)).Select(Relative);
        Assert.Empty(found.Except(files));
    }

    [Fact]
    public void No_request_of_ours_goes_on_to_where_an_answer_sends_it()
    {
        var asking = Sources().Where(file => File.ReadAllText(file).Contains("new HttpClient(", StringComparison.Ordinal) && !Relative(file).Contains("/Demo/", StringComparison.Ordinal));
        Assert.All(asking, file => Assert.Contains("AllowAutoRedirect = false", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private static string Relative(string file) => Path.GetRelativePath(PhotosFolder.ProjectRoot, file).Replace('\\', '/');

    private static IEnumerable<string> Sources() => new[] { "records", "ingest", "workers", "api" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.ProjectRoot, folder), "*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file) is ".cs" or ".cshtml" or ".js" && !Relative(file).Split('/').Intersect(["bin", "obj"]).Any());
}
