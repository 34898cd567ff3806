using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Ingest.Photos;

/// <summary>What a picture says about the camera that took it (P5).</summary>
public enum CameraSeen
{
    /// <summary>The school's device, or nothing to compare with.</summary>
    School,

    /// <summary>Neither make nor model: a screenshot, or a picture that went through an app. Flagged, never refused.</summary>
    Unknown,

    /// <summary>Another camera than the device that sent it, or a sender that is no school device.</summary>
    Other,
}

/// <summary>P5: images are made on school equipment; a picture from a personal phone is seen even when an iPad sends it.</summary>
public static class CameraRule
{
    /// <summary>How long after it was taken a picture of another camera may be attested (policies.md, profile D).</summary>
    private static readonly TimeSpan Attestable = TimeSpan.FromHours(24);

    /// <param name="onDevice">Whether an enrolled device sent it.</param>
    /// <param name="schoolModel">The model that the ICT lead gave for that device, e.g. <c>iPad (9th generation)</c>; null where none was given.</param>
    public static CameraSeen Of(PictureReading reading, bool onDevice, string? schoolModel)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.CameraMake is null && reading.CameraModel is null) return CameraSeen.Unknown;
        if (!onDevice) return CameraSeen.Other;
        return schoolModel is null || Same(schoolModel, reading.CameraModel) || Same(schoolModel, $"{reading.CameraMake} {reading.CameraModel}")
            ? CameraSeen.School
            : CameraSeen.Other;
    }

    /// <summary>Whether the school takes a picture of another camera.</summary>
    /// <param name="attested">The sender says that no copy stays on the camera.</param>
    /// <exception cref="Refusal"><c>camera-not-of-the-school</c> 422 · <c>attestation-needed</c> 422.</exception>
    public static void MustTakeOther(OtherCameras terms, DateTimeOffset takenAt, DateTimeOffset receivedAt, bool attested)
    {
        if (terms == OtherCameras.Flag) return;
        if (terms == OtherCameras.Refuse)
        {
            throw new Refusal("camera-not-of-the-school", 422,
                "This picture was taken with another camera than the school's device. Take pictures with school equipment only.");
        }

        if (takenAt < receivedAt - Attestable)
        {
            throw new Refusal("camera-not-of-the-school", 422,
                "This picture was taken with another camera more than 24 hours ago. The school takes such pictures within 24 hours only.");
        }

        if (!attested)
        {
            throw new Refusal("attestation-needed", 422,
                "This picture was taken with another camera than the school's. Please confirm that its copy there is deleted within 24 hours.");
        }
    }

    /// <summary>What a screener is told, among the photo's flags.</summary>
    public static string[] Flags(CameraSeen camera) => camera switch
    {
        CameraSeen.Unknown => ["camera-unknown"],
        CameraSeen.Other => ["camera-other"],
        _ => [],
    };

    private static bool Same(string left, string? right) => string.Equals(left.Trim(), right?.Trim(), StringComparison.OrdinalIgnoreCase);
}
