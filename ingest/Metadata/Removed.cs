namespace PhotoGuard.Ingest.Metadata;

/// <summary>Something that a picture carried besides itself and that is gone after scrubbing.</summary>
/// <param name="Code">Stable name for programs, listed in docs/formats.md.</param>
/// <param name="Words">The same in words a teacher understands.</param>
public sealed record Removed(string Code, string Words)
{
    /// <summary>A place where the picture was taken, in any carrier (policies P12).</summary>
    public static readonly Removed Location = new("location", "where the picture was taken");
    /// <summary>Exif besides the orientation.</summary>
    public static readonly Removed CameraDetails = new("camera-details", "camera details and times");
    /// <summary>A small copy, which may show what was cropped away.</summary>
    public static readonly Removed Thumbnail = new("thumbnail", "a small preview picture");
    /// <summary>Another picture behind or beside the first.</summary>
    public static readonly Removed SecondPicture = new("second-picture", "a second picture hidden in the file");
    /// <summary>A film behind the picture (live or motion photo).</summary>
    public static readonly Removed Video = new("video", "a short video stored with the picture");
    /// <summary>JPEG COM, PNG text.</summary>
    public static readonly Removed Comment = new("comment", "comments and other text");
    /// <summary>XMP, standard and extended.</summary>
    public static readonly Removed EditingHistory = new("editing-history", "editing history and descriptions (XMP)");
    /// <summary>IPTC in Photoshop resources.</summary>
    public static readonly Removed CaptionFields = new("caption-fields", "caption fields (IPTC)");
    /// <summary>Names, makers, serials and dates in a colour profile; the colours stay.</summary>
    public static readonly Removed ProfileText = new("profile-text", "names and dates in the colour profile");
    /// <summary>A colour profile that could not be followed.</summary>
    public static readonly Removed ColourProfile = new("colour-profile", "a damaged colour profile");
    /// <summary>Makers' own segments or chunks.</summary>
    public static readonly Removed PrivateData = new("private-data", "data of apps and camera makers");
    /// <summary>Bytes after the end of the picture that are no picture or film.</summary>
    public static readonly Removed TrailingData = new("trailing-data", "data after the end of the picture");
    /// <summary>PNG tIME.</summary>
    public static readonly Removed Times = new("times", "when the file was last changed");

    /// <summary>Each of them, in the order in which they are told.</summary>
    public static IReadOnlyList<Removed> All { get; } =
    [
        Location, CameraDetails, Thumbnail, SecondPicture, Video, Comment, EditingHistory, CaptionFields, ProfileText, ColourProfile, PrivateData,
        TrailingData, Times,
    ];
}
